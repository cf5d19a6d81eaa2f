import { CONTENT_PARTS, type ContentPart } from '@recount/record'
import type { Environment } from './environment.ts'

/** Where content goes: files of its own, or the logger's own stream. */
export type ContentPlace = 'files' | 'inline'

/** What would be stored of a call, and which rule decided. */
export interface Captures {
  /** The parts whose text is kept; empty means none. */
  readonly parts: readonly ContentPart[]
  /** Where it would go. */
  readonly place: ContentPlace
  /** The parts that a file of this one call would hold (`LLM_SAVE_CONVERSATIONS`); empty means no file. */
  readonly conversations: readonly ContentPart[]
  /** What decided: `production`, `call`, `workflow`, `option`, a variable's name, or `default`. */
  readonly rule: string
}

/** What a call may ask about its content: everything, nothing, or these parts. */
export type ContentAsk = boolean | readonly ContentPart[]

/** What the logger knows when it decides. */
export interface CaptureSettings {
  readonly environment: Environment
  /** The `content` option. */
  readonly option: ContentPlace | 'off' | undefined
  /** The output is for people to read (`LLM_DEBUG` on standard output): content belongs into it. */
  readonly readable: boolean
}

const REQUEST_PARTS: readonly ContentPart[] = [
  'system',
  'input',
  'tools',
  'retrieved',
  'upstream',
  'raw_request',
  'files',
]
const RESPONSE_PARTS: readonly ContentPart[] = CONTENT_PARTS.filter(
  (part) => !REQUEST_PARTS.includes(part),
)

const OTEL_VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'

/**
 * Decides what is kept. The ceiling comes first: nothing in production unless `LLM_DEBUG_IN_PRODUCTION` is set. Under it
 * the first that speaks decides: the call, the workflow (`debug`), the logger's option, a flag, OpenTelemetry's variable.
 */
export function decideCaptures(
  settings: CaptureSettings,
  call: ContentAsk | undefined,
  workflow: boolean | undefined,
): Captures {
  const { environment, option, readable } = settings
  const place = option === 'inline' || (readable && option === undefined) ? 'inline' : 'files'
  if (environment.production && !environment.debugInProduction)
    return { parts: [], place, conversations: [], rule: 'production' }
  const asked = spoken(settings, call, workflow)
  const { parts, rule } = asked ?? flagged(environment)
  return { parts, place, conversations: conversationParts(environment, asked?.parts), rule }
}

interface Verdict {
  readonly parts: readonly ContentPart[]
  readonly rule: string
}

/** What code says, nearest first; undefined where it leaves the matter to the environment. */
function spoken(
  { option }: CaptureSettings,
  call: ContentAsk | undefined,
  workflow: boolean | undefined,
): Verdict | undefined {
  if (call !== undefined) return { parts: partsOf(call), rule: 'call' }
  if (workflow !== undefined) return { parts: partsOf(workflow), rule: 'workflow' }
  return option === undefined ? undefined : { parts: partsOf(option !== 'off'), rule: 'option' }
}

/** For prompts and for responses: their own flag where it is set, else `LLM_DEBUG`, else OpenTelemetry's variable. */
function flagged(environment: Environment): Verdict {
  const { debug, logPrompts, logResponses, captureMessageContent } = environment
  const open = debug || captureMessageContent === true
  const prompts = logPrompts ?? open
  const responses = logResponses ?? open
  const parts = [...(prompts ? REQUEST_PARTS : []), ...(responses ? RESPONSE_PARTS : [])]
  return { parts, rule: flagRule(environment, prompts, responses) }
}

function flagRule(environment: Environment, prompts: boolean, responses: boolean): string {
  const { debug, logPrompts, logResponses, captureMessageContent } = environment
  const unset = (logPrompts === undefined && prompts) || (logResponses === undefined && responses)
  if (unset) return debug ? 'LLM_DEBUG' : OTEL_VARIABLE
  if (prompts || (!responses && logPrompts === false)) return 'LLM_LOG_PROMPTS'
  if (logResponses !== undefined) return 'LLM_LOG_RESPONSES'
  return captureMessageContent === undefined ? 'default' : OTEL_VARIABLE
}

/** The flag asks for both texts; code and the other flags can take them out. */
function conversationParts(
  { saveConversations, logPrompts, logResponses }: Environment,
  asked: readonly ContentPart[] | undefined,
): readonly ContentPart[] {
  if (saveConversations === undefined) return []
  const both = ['input', 'output'] as const
  if (asked !== undefined) return both.filter((part) => asked.includes(part))
  return both.filter((part) => (part === 'input' ? logPrompts : logResponses) !== false)
}

function partsOf(ask: ContentAsk): readonly ContentPart[] {
  if (typeof ask !== 'boolean') return ask.filter((part) => CONTENT_PARTS.includes(part))
  return ask ? CONTENT_PARTS : []
}

/** The flags that are set, by name: for the one warning that says what they open or that they open nothing. */
export function contentFlags(environment: Environment): string[] {
  return [
    environment.debug && 'LLM_DEBUG',
    environment.logPrompts && 'LLM_LOG_PROMPTS',
    environment.logResponses && 'LLM_LOG_RESPONSES',
    environment.saveConversations !== undefined && 'LLM_SAVE_CONVERSATIONS',
    environment.captureMessageContent && OTEL_VARIABLE,
  ].filter((name) => typeof name === 'string')
}
