import { CONTENT_PARTS, type ContentPart } from '@recount/record'
import type { Environment } from './environment.ts'

/** Where content goes: files of its own, or the logger's own stream. */
export type ContentPlace = 'files' | 'inline'

/** What would be stored of a call, and which rule decided. */
export interface Captures {
  /** The parts whose text is kept; empty means none. */
  readonly parts: readonly ContentPart[]
  /** The parts of which the keyed digest and the size are kept. */
  readonly digests: readonly ContentPart[]
  /** The parts whose text the ending of the call may still open. */
  readonly held: readonly ContentPart[]
  /** Where it would go. */
  readonly place: ContentPlace
  /** The parts that a file of this one call would hold (`LLM_SAVE_CONVERSATIONS`); empty means no file. */
  readonly conversations: readonly ContentPart[]
  /** What decided: a rule of the policy, `production`, `call`, `workflow`, `option`, a variable's name, or `default`. */
  readonly rule: string
  /** Who asked under the policy: `call`, `workflow`, `option` or a variable's name; undefined where nobody did. */
  readonly asked: string | undefined
}

/** What a call may ask about its content: everything, nothing, or these parts. */
export type ContentAsk = boolean | readonly ContentPart[]

/** What somebody asks for, and who: `call`, `workflow`, `option`, or a variable's name. */
export interface Asked {
  /** Undefined where nobody says anything: then it is as the policy says. */
  readonly ask: ContentAsk | undefined
  readonly by: string
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
const NOBODY: Asked = { ask: undefined, by: 'default' }

/** Who asks under the policy: the first that speaks of the call, the workflow (`debug`), the logger's option, the flags. */
export function askedFor(
  option: ContentPlace | 'off' | undefined,
  flags: Asked,
  call: ContentAsk | undefined,
  workflow: boolean | undefined,
): Asked {
  if (call !== undefined) return { ask: call, by: 'call' }
  if (workflow !== undefined) return { ask: workflow, by: 'workflow' }
  return option === undefined ? flags : { ask: option !== 'off', by: 'option' }
}

/** What the flags ask: for prompts and for responses their own flag where it is set, else `LLM_DEBUG`, else OpenTelemetry's variable. */
export function flagsAsk(environment: Environment): Asked {
  const { debug, logPrompts, logResponses, captureMessageContent } = environment
  const unset = logPrompts === undefined && logResponses === undefined
  if (unset && !debug && captureMessageContent === undefined) return NOBODY
  const open = debug || captureMessageContent === true
  const prompts = logPrompts ?? open
  const responses = logResponses ?? open
  const by = flagRule(environment, prompts, responses)
  if (prompts === responses) return { ask: prompts, by }
  return { ask: prompts ? REQUEST_PARTS : RESPONSE_PARTS, by }
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
export function conversationParts(
  { saveConversations, logPrompts, logResponses }: Environment,
  { ask, by }: Asked,
): readonly ContentPart[] {
  if (saveConversations === undefined) return []
  const both = ['input', 'output'] as const
  if (['call', 'workflow', 'option'].includes(by) && ask !== undefined)
    return both.filter((part) => partsOf(ask).includes(part))
  return both.filter((part) => (part === 'input' ? logPrompts : logResponses) !== false)
}

function partsOf(ask: ContentAsk): readonly ContentPart[] {
  if (typeof ask === 'boolean') return ask ? CONTENT_PARTS : []
  return ask
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
