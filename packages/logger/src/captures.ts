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

/**
 * Decides what is kept. The ceiling comes first: nothing in production unless `LLM_DEBUG_IN_PRODUCTION` is set. Under it
 * the first that speaks decides: the call, the workflow (`debug`), the logger's option, a flag, OpenTelemetry's variable.
 */
export function decideCaptures(
  settings: CaptureSettings,
  call: ContentAsk | undefined,
  workflow: boolean | undefined,
): Captures {
  const { environment, option } = settings
  const place =
    option === 'inline' || (environment.debug && option === undefined) ? 'inline' : 'files'
  if (environment.production && !environment.debugInProduction)
    return { parts: [], place, rule: 'production' }
  if (call !== undefined) return { parts: partsOf(call), place, rule: 'call' }
  if (workflow !== undefined) return { parts: partsOf(workflow), place, rule: 'workflow' }
  if (option !== undefined) return { parts: partsOf(option !== 'off'), place, rule: 'option' }
  return { ...flagged(environment), place }
}

function flagged(environment: Environment): { parts: readonly ContentPart[]; rule: string } {
  const { debug, logPrompts, logResponses, captureMessageContent } = environment
  const prompts = logPrompts ?? debug
  const responses = logResponses ?? debug
  if (prompts || responses) {
    const parts = [...(prompts ? REQUEST_PARTS : []), ...(responses ? RESPONSE_PARTS : [])]
    return { parts, rule: debug ? 'LLM_DEBUG' : prompts ? 'LLM_LOG_PROMPTS' : 'LLM_LOG_RESPONSES' }
  }
  if (captureMessageContent) {
    return { parts: CONTENT_PARTS, rule: 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT' }
  }
  return { parts: [], rule: 'default' }
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
    environment.captureMessageContent && 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
  ].filter((name) => typeof name === 'string')
}
