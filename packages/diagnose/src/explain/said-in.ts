/** What a model said, apart from its reasoning and its tool calls. */
export interface Said {
  readonly text: string
  /** Why it refused, in its own words; empty where it did not. */
  readonly refusal: string
  /** The provider’s word for why it stopped, where the content has it. */
  readonly ending: string | undefined
}

const NOTHING: Said = { text: '', refusal: '', ending: undefined }
const MAX_DEPTH = 12
/** So many values are read of one answer. */
const MAX_VALUES = 20_000

/**
 * Reads an answer in OpenTelemetry's shape, in that of a provider (a message, a list of items, a whole body), or as it was
 * kept by hand. What is none of these is data, and is said as JSON.
 */
export function saidIn(content: unknown): Said {
  return saidAt(content, { depth: 0, budget: { left: MAX_VALUES } })
}

interface Place {
  readonly depth: number
  readonly budget: { left: number }
}

function saidAt(content: unknown, place: Place): Said {
  if (typeof content === 'string') return { ...NOTHING, text: content.trim() }
  if (content === undefined || content === null || place.depth > MAX_DEPTH) return NOTHING
  if (place.budget.left-- <= 0) return NOTHING
  if (typeof content !== 'object') return { ...NOTHING, text: String(content) }
  const within = { ...place, depth: place.depth + 1 }
  if (Array.isArray(content))
    return together((content as unknown[]).map((item) => saidAt(item, within)))
  return saidByObject(content as Record<string, unknown>, within)
}

/** Parts that are no words to the user. */
const SILENT =
  /^(?:reasoning|thinking|redacted_thinking|tool_call|tool_call_response|tool_use|tool_result|function_call|server_tool_use)$/

function saidByObject(object: Record<string, unknown>, within: Place): Said {
  const { type } = object
  if (typeof type === 'string' && SILENT.test(type)) return NOTHING
  if (type === 'refusal')
    return { ...NOTHING, refusal: textOf(object.content ?? object.refusal ?? object.text) }
  if (type === 'text' || type === 'output_text')
    return saidAt(object.content ?? object.text, within)
  if (!isAnswer(object)) return { ...NOTHING, text: asJson(object) }
  const inner = together(INSIDE.map((key) => saidAt(object[key], within)))
  return {
    text: inner.text,
    refusal: [textOf(object.refusal), inner.refusal].filter(Boolean).join('\n'),
    ending: inner.ending ?? endingOf(object),
  }
}

function isAnswer(object: Record<string, unknown>): boolean {
  const holdsMessage = typeof object.message === 'object' && object.message !== null
  return holdsMessage || SHAPES.some((key) => object[key] !== undefined)
}

/** By one of these an object shows that it is a message or an answer, not data that the model made. */
const SHAPES = [
  'role',
  'parts',
  'refusal',
  'choices',
  'candidates',
  'promptFeedback',
  'finish_reason',
  'finishReason',
  'stop_reason',
  'stopReason',
  'incomplete_details',
] as const
/** Where the words are, in the shapes of OpenTelemetry, OpenAI, Anthropic, Gemini, Bedrock. */
const INSIDE = ['parts', 'content', 'text', 'message', 'choices', 'candidates', 'output'] as const

function endingOf(object: Record<string, unknown>): string | undefined {
  const { finish_reason, finishReason, stop_reason, stopReason } = object
  const { promptFeedback, incomplete_details } = object
  const blocked = (promptFeedback as { blockReason?: unknown } | null | undefined)?.blockReason
  const cut = (incomplete_details as { reason?: unknown } | null | undefined)?.reason
  return [finish_reason, finishReason, stop_reason, stopReason, blocked, cut].find(
    (found): found is string => typeof found === 'string' && found !== '',
  )
}

function together(all: readonly Said[]): Said {
  return {
    text: joined(all.map(({ text }) => text)),
    refusal: joined(all.map(({ refusal }) => refusal)),
    ending: all.find(({ ending }) => ending !== undefined)?.ending,
  }
}

function joined(texts: readonly string[]): string {
  return texts.filter(Boolean).join('\n')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function asJson(value: object): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '[unreadable]'
  }
}
