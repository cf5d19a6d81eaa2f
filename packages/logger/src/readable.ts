import { styleText } from 'node:util'
import type { Destination } from './destination/destination.ts'

type Line = Record<string, unknown>
type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

const LEVELS: Readonly<Record<number, readonly [string, Parameters<typeof styleText>[0]]>> = {
  10: ['TRACE', 'gray'],
  20: ['DEBUG', 'blue'],
  30: ['INFO', 'green'],
  40: ['WARN', 'yellow'],
  50: ['ERROR', 'red'],
  60: ['FATAL', 'magenta'],
}
/** Longer texts are folded. */
const FOLD = 200
/** Said in the first line, or not worth reading on a screen. */
const QUIET = [
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'msg',
  'recount',
  'event',
  'trace_id',
  'span_id',
  'parent_span_id',
  'start_time',
  'duration_ms',
  'content',
  'digest',
  'bytes',
  'part',
  'status',
  'model',
  'provider',
  'operation',
  'tool',
  'source',
  'input_tokens',
  'output_tokens',
  'workflow',
  'span_name',
  'service',
  'environment',
  'release',
  'commit',
  'request_id',
  'input_digest',
]

/** The same for a line that is no record: its own fields are all shown. */
const ORDINARY_QUIET = [
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'msg',
  'trace_id',
  'span_id',
  'request_id',
  'workflow',
  'span_name',
  'service',
  'environment',
  'release',
  'commit',
]
const MAX_STACK_LINES = 50

/** A destination that turns lines into text for people, in the shape of pino-pretty, with prompts folded. */
export function readable(destination: Destination, color: boolean): Destination {
  const paint: Paint = (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text
  return {
    write: (line) => destination.write(toText(line, paint)),
    flush: (callback) => destination.flush(callback),
    flushSync: () => destination.flushSync(),
    reopen: () => destination.reopen(),
    close: () => destination.close(),
    get dropped() {
      return destination.dropped
    },
    get onReturn() {
      return destination.onReturn
    },
    set onReturn(report) {
      destination.onReturn = (drops) => {
        const line = report?.(drops)
        return line === undefined ? undefined : toText(line, paint)
      }
    },
  }
}

function toText(line: string, paint: Paint): string {
  const parsed = parse(line)
  if (parsed === undefined) return `${safe(line.trimEnd())}\n`
  const [label, style] = LEVELS[Number(parsed.level)] ?? [
    safe(String(parsed.level)).toUpperCase(),
    'white' as const,
  ]
  const time = clockOf(parsed.time)
  const who = parsed.name === undefined ? '' : ` (${safe(String(parsed.name))})`
  const head = `[${time}] ${paint(style, label)}${who}: ${paint('cyan', safe(title(parsed)))}${paint('gray', trace(parsed))}`
  return `${[head, ...details(parsed)].join('\n')}\n`
}

function parse(line: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Line) : undefined
  } catch {
    return undefined
  }
}

/** pino's epoch milliseconds, or what another `timestamp` option writes. */
function clockOf(time: unknown): string {
  const date = new Date(typeof time === 'number' ? time : String(time))
  return Number.isNaN(date.getTime()) ? '--:--:--.---' : date.toISOString().slice(11, 23)
}

/** What happened, in one line. */
function title(line: Line): string {
  const { event, msg } = line
  if (line.recount !== 1) return String(msg ?? '')
  const what = [line.model ?? line.tool ?? line.source ?? line.span_name ?? line.part]
  const facts = [line.status, ms(line.duration_ms), tokens(line)]
  return [event, ...what, ...facts].filter((fact) => fact !== undefined).join(' ')
}

function tokens(line: Line): string | undefined {
  const { input_tokens, output_tokens } = line
  return input_tokens === undefined && output_tokens === undefined
    ? undefined
    : `${input_tokens ?? '?'}→${output_tokens ?? '?'} tokens`
}

function ms(value: unknown): string | undefined {
  return typeof value === 'number' ? `${Math.round(value)}ms` : undefined
}

function trace(line: Line): string {
  return typeof line.trace_id === 'string' ? ` ${safe(line.trace_id.slice(0, 8))}` : ''
}

function details(line: Line): string[] {
  const rest = Object.entries(line).filter(([key]) => line.recount !== 1 || !QUIET.includes(key))
  const shown = line.recount === 1 ? rest : rest.filter(([key]) => !ORDINARY_QUIET.includes(key))
  const own = shown.flatMap(([key, value]) => member(safe(key), value))
  return line.event === 'content' ? [...messages(line.content), ...own] : own
}

/** An error's stack is worth its lines. */
function member(key: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null && 'stack' in value) {
    const { stack, ...rest } = value
    if (typeof stack === 'string') {
      const lines = stack.split('\n', MAX_STACK_LINES).map((line) => `      ${fold(line.trim())}`)
      return [`    ${key}: ${fold(rest)}`, ...lines]
    }
  }
  return [`    ${key}: ${fold(value)}`]
}

/** Messages one a line, everything else as it is. */
function messages(content: unknown): string[] {
  if (!Array.isArray(content)) return [`    ${fold(content)}`]
  return content.map((message: { role?: unknown; parts?: unknown }) => {
    const parts = Array.isArray(message?.parts) ? message.parts : [message]
    const text = parts.map((part: { content?: unknown }) =>
      typeof part?.content === 'string' ? part.content : JSON.stringify(part),
    )
    return `    ${safe(String(message?.role ?? '-'))}: ${fold(text.join(' '))}`
  })
}

function fold(value: unknown): string {
  const text = safe(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)))
  return text.length <= FOLD
    ? text
    : `${text.slice(0, FOLD).toWellFormed()}… (${text.length} characters)`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones a terminal would obey
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

/** Model output is hostile: control characters must not reach the terminal. */
function safe(text: string): string {
  return text.replaceAll(UNSAFE, ' ')
}
