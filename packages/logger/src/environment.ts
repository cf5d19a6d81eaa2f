import { pino } from 'pino'

/** What the environment asks for. `undefined` means that it does not say. */
export interface Environment {
  readonly debug: boolean
  readonly logPrompts: boolean | undefined
  readonly logResponses: boolean | undefined
  /** A folder, where conversations are asked for. */
  readonly saveConversations: string | undefined
  readonly logFile: string | undefined
  readonly level: string | undefined
  readonly keyFile: string
  readonly production: boolean
  /** Flags open content in production too. */
  readonly debugInProduction: boolean
  /** OpenTelemetry's own switch for content. */
  readonly captureMessageContent: boolean | undefined
  readonly color: boolean
  readonly service: string | undefined
  readonly environment: string | undefined
  readonly release: string | undefined
  readonly commit: string | undefined
}

/** Whether `LLM_DEBUG` counts: in production it alone does nothing at all. */
export function isDebugging({ debug, production, debugInProduction }: Environment): boolean {
  return debug && (!production || debugInProduction)
}

type Variables = Readonly<Record<string, string | undefined>>

/** Reads the variables of `docs/operating.md`. `true 1 yes on` (any case) are yes, `false 0 no off` and the empty string no. */
export function readEnvironment(variables: Variables = process.env): Environment {
  const resource = resourceAttributes(variables.OTEL_RESOURCE_ATTRIBUTES)
  // `set NODE_ENV=production && …` of Windows leaves a space behind.
  const production = variables.NODE_ENV?.trim().toLowerCase() === 'production'
  return {
    debug: flag(variables.LLM_DEBUG) ?? false,
    logPrompts: flag(variables.LLM_LOG_PROMPTS),
    logResponses: flag(variables.LLM_LOG_RESPONSES),
    saveConversations: folder(variables.LLM_SAVE_CONVERSATIONS),
    logFile: variables.LLM_LOG_FILE || undefined,
    level: levelName(variables.LOG_LEVEL),
    keyFile: variables.RECOUNT_KEY_FILE || 'recount.key',
    production,
    debugInProduction: flag(variables.LLM_DEBUG_IN_PRODUCTION) ?? false,
    captureMessageContent: otelCapture(
      variables.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    ),
    color: allowsColor(variables),
    service: variables.OTEL_SERVICE_NAME || resource['service.name'],
    environment:
      resource['deployment.environment.name'] ??
      resource['deployment.environment'] ??
      variables.NODE_ENV,
    release: resource['service.version'],
    commit: resource['vcs.ref.head.revision'],
  }
}

const YES = ['true', '1', 'yes', 'on']
const NO = ['false', '0', 'no', 'off', '']

function flag(value: string | undefined): boolean | undefined {
  const word = value?.trim().toLowerCase()
  if (word === undefined) return undefined
  if (YES.includes(word)) return true
  return NO.includes(word) ? false : undefined
}

/** Other logging libraries' names for pino's levels. */
const LEVEL_ALIASES: Readonly<Record<string, string>> = {
  warning: 'warn',
  critical: 'fatal',
  off: 'silent',
  none: 'silent',
}

function levelName(value: string | undefined): string | undefined {
  const name = value?.trim() ?? ''
  const lower = name.toLowerCase()
  if (Object.hasOwn(pino.levels.values, lower) || lower === 'silent') return lower
  return Object.hasOwn(LEVEL_ALIASES, lower) ? LEVEL_ALIASES[lower] : name || undefined
}

/** https://no-color.org, then `FORCE_COLOR` (`0` and `false` forbid it), else where a person looks. */
function allowsColor({ NO_COLOR, FORCE_COLOR, TERM }: Variables): boolean {
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return flag(FORCE_COLOR) ?? true
  return process.stdout.isTTY === true && TERM !== 'dumb'
}

/** A yes means the default folder; anything that is not yes or no is the folder itself. */
function folder(value: string | undefined): string | undefined {
  if (value === undefined || flag(value) === false) return undefined
  if (flag(value) === true) return 'conversations'
  return value.trim()
}

/** A boolean in JavaScript, one of four words elsewhere; both are understood. */
function otelCapture(value: string | undefined): boolean | undefined {
  const word = value?.trim().toUpperCase()
  if (word === 'NO_CONTENT') return false
  if (word === 'SPAN_ONLY' || word === 'EVENT_ONLY' || word === 'SPAN_AND_EVENT') return true
  return flag(value)
}

/** `key=value,key=value`, percent-encoded (OpenTelemetry's resource specification); what does not parse is left out. */
function resourceAttributes(value: string | undefined): Record<string, string> {
  const pairs = (value ?? '').split(',').map((pair) => pair.split('='))
  return Object.fromEntries(
    pairs.flatMap(([key, text]) =>
      key && text !== undefined ? [[key.trim(), decode(text.trim())]] : [],
    ),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
