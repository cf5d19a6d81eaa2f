import { delayOf, durationAt } from './duration.ts'
import type { Unwrapped } from './layer.ts'

/** When to come back, and where that stands. */
export interface RetryAfter {
  /** Milliseconds from now. */
  readonly ms: number
  readonly by: string
}

/** What is looked at. */
export interface RetrySources {
  readonly unwrapped: Unwrapped
  /** Words of all layers, comparable. */
  readonly text: string
  readonly status: number | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/** When the provider says to come back: headers first, then fields, rate-limit windows of a 429, then words. */
export function retryAfterOf(sources: RetrySources): RetryAfter | undefined {
  return fromHeaders(sources) ?? fromFields(sources) ?? fromWindows(sources) ?? fromWords(sources)
}

function fromHeaders({ unwrapped: { headers }, now }: RetrySources): RetryAfter | undefined {
  for (const [name, bare] of [
    ['retry-after-ms', 'ms'],
    ['retry-after', 's'],
  ] as const) {
    const value = headers.get(name)
    const ms = value === undefined ? undefined : delayOf(value, now, bare)
    if (ms !== undefined) return { ms, by: `header ${name}: ${value}` }
  }
  return undefined
}

function fromFields({ unwrapped: { delays }, now }: RetrySources): RetryAfter | undefined {
  for (const { field, value } of delays) {
    const ms = delayOf(value, now)
    if (ms !== undefined) return { ms, by: `${field}: ${value}` }
  }
  return undefined
}

/** Providers send these with every reply; they mean something where a limit was hit. */
function fromWindows({
  unwrapped: { headers },
  status,
  now,
}: RetrySources): RetryAfter | undefined {
  if (status !== 429) return undefined
  let last: (RetryAfter & { used: boolean }) | undefined
  for (const [name, value] of headers) {
    if (!/^(?:x|anthropic)-ratelimit-.*reset|^x-ratelimit-reset/.test(name)) continue
    const ms = delayOf(value, now)
    if (ms === undefined) continue
    const used = headers.get(name.replace('reset', 'remaining')) === '0'
    const isLater = last === undefined || (used === last.used ? ms > last.ms : used)
    if (isLater) last = { ms, by: `header ${name}: ${value}`, used }
  }
  return last
}

/** Not `retrying in 4 seconds`: that is a wrapper telling of itself. */
const WORDS =
  /\b(?:try again|retry|please wait|wait|available again|reset|resets|reset after|come back|available)(?: again| your request| this request)? ?(?:in|after|for|at)? ?(?:about |approximately |another )?(?=\d)/g
const EPOCH = /\blimit reached\|(\d{10})\b/
const CLOCK = /\bresets? (?:at )?(\d{1,2})(?::(\d\d))? ?(am|pm)(?: \(([a-z_]+\/[a-z_/]+|utc)\))?/
const DATE =
  /\b(?:resets?|until|after|again at|reset at) (?:at |on )?(\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)/

function fromWords({ text, now }: RetrySources): RetryAfter | undefined {
  if (!/again|retry|wait|reset|available|come back|\|/.test(text)) return undefined
  for (const { 0: words, index } of text.matchAll(WORDS)) {
    const at = index + words.length
    const ms = durationAt(text, at)
    if (ms !== undefined) return { ms, by: `“${text.slice(index, at + 12).trim()}”` }
  }
  const [said, epoch] = EPOCH.exec(text) ?? []
  if (epoch !== undefined) return { ms: Math.max(0, Number(epoch) * 1000 - now), by: `“${said}”` }
  return fromDate(text, now) ?? fromClock(text, now)
}

function fromDate(text: string, now: number): RetryAfter | undefined {
  const [said, date] = DATE.exec(text) ?? []
  const ms = date === undefined ? Number.NaN : Date.parse(date.toUpperCase())
  return Number.isNaN(ms) ? undefined : { ms: Math.max(0, ms - now), by: `“${said}”` }
}

/** `resets 8:30pm (Asia/Tokyo)`: the next time that clock shows it; UTC where no zone is named. */
function fromClock(text: string, now: number): RetryAfter | undefined {
  const [said, hour, minute = '0', half, zone = 'utc'] = CLOCK.exec(text) ?? []
  if (hour === undefined) return undefined
  const wanted = ((Number(hour) % 12) + (half === 'pm' ? 12 : 0)) * 60 + Number(minute)
  const shown = minuteOfDay(zone, now)
  if (shown === undefined) return undefined
  return { ms: ((wanted - shown + 1440) % 1440) * 60_000, by: `“${said}”` }
}

function minuteOfDay(zone: string, now: number): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    const [hour = 0, minute = 0] = format.format(now).split(':').map(Number)
    return hour * 60 + minute
  } catch {
    return undefined
  }
}
