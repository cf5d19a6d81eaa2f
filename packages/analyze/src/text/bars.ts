import type { Summary } from '../count/distribution.ts'
import type { Bar } from '../count/histogram.ts'
import { displayWidth } from './display-width.ts'
import { countText, timeText } from './number-text.ts'
import { type Layout, padEnd, padStart, type Style } from './text-layout.ts'

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar in eighths of a character; something that is not nothing shows. */
export function barText(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0) return ''
  const eighths = Math.max(1, Math.round((value / largest) * width * 8))
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}

/** Share of the width that a bar has at most. */
const BAR_SHARE = 0.43

/** The distribution of latencies as bars, with the percentiles where they lie. */
export function histogramLines(
  bars: readonly Bar[],
  summary: Summary,
  { paint, width }: Layout,
): string[] {
  const shown = withoutEmptyEnds(bars)
  const largest = Math.max(...shown.map(({ count }) => count))
  const ranges = shown.map(rangeText)
  const rangeWidth = Math.max(...ranges.map((range) => displayWidth(range)))
  const counts = shown.map(({ count }) => countText(count))
  const countWidth = Math.max(...counts.map((count) => count.length))
  const marks = shown.map((bar, i) => marksIn(bar, i === shown.length - 1, summary))
  const rest = rangeWidth + countWidth + Math.max(...marks.map((mark) => mark.length)) + 5
  const room = Math.max(4, Math.min(width - rest, Math.floor(width * BAR_SHARE)))
  return shown.map((bar, i) => {
    const drawn = padEnd(barText(bar.count, largest, room), room)
    const label = paint('dim', padStart(ranges[i] as string, rangeWidth))
    const count = padStart(counts[i] as string, countWidth)
    return `  ${label}  ${paint(styleOf(bar, summary), drawn)} ${count}${paint('bold', marks[i] as string)}`
  })
}

function withoutEmptyEnds(bars: readonly Bar[]): readonly Bar[] {
  const first = bars.findIndex(({ count }) => count > 0)
  return bars.slice(first, bars.findLastIndex(({ count }) => count > 0) + 1)
}

const SINGLE = /^(\S+) (\S+)$/

function rangeText({ from, to }: Bar): string {
  const [low, high] = [edgeText(from), edgeText(to)]
  if (from === to) return high
  // Of `1 min 40 s` neither unit can be left out.
  const [, number, unit] = SINGLE.exec(low) ?? []
  return unit !== undefined && SINGLE.exec(high)?.[2] === unit
    ? `${number} – ${high}`
    : `${low} – ${high}`
}

/** Edges are round numbers, so no digit is lost; 0 has the unit of whatever follows. */
function edgeText(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(4))} ms`
  return ms < 60_000 ? `${Number((ms / 1000).toPrecision(4))} s` : timeText(ms)
}

function marksIn({ from, to }: Bar, isLast: boolean, summary: Summary): string {
  const names = (['p50', 'p90', 'p95', 'p99'] as const).filter((name) => {
    const value = summary[name]
    return value !== null && value >= from && (value < to || isLast)
  })
  return names.length === 0 ? '' : `  ${names.join(' ')}`
}

/** What lies beyond the 95th percentile stands out. */
function styleOf({ from }: Bar, { p95 }: Summary): Style {
  return p95 !== null && from > p95 ? 'yellow' : 'cyan'
}
