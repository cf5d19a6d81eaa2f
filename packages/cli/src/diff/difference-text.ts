import { type Measure, nameOfSpan, type SpanRow, type TraceDifference } from '@recount/compare'
import type { SpanNode } from '@recount/record'
import { countText, dollarsText, durationText } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { clipped } from '../show/layout.ts'
import { spanText } from '../show/span-text.ts'
import { painter, type Style, type Terminal } from '../terminal.ts'
import { type ChangeLine, contentChangeLines, valueChangeLines } from './change-lines.ts'
import { pieceLines } from './piece-text.ts'

const SIGNS: Readonly<Record<SpanRow['kind'], { sign: string; style: Style }>> = {
  same: { sign: ' ', style: 'dim' },
  changed: { sign: '~', style: 'yellow' },
  added: { sign: '+', style: 'green' },
  removed: { sign: '-', style: 'red' },
}

/** Two trees as one: each span with a sign for what became of it, and below it what changed. */
export function differenceText(
  { rows, counts }: TraceDifference,
  terminal: Terminal,
  isFull = false,
): string {
  const words = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${countText(count)} ${kind}`)
  const lines = rows.flatMap((row) => rowLines(row, { head: '', below: '' }, terminal, isFull))
  return `${[words.join(' · '), '', ...lines].join('\n')}\n`
}

interface Branch {
  readonly head: string
  readonly below: string
}

/** Share of the width that the tree may take. */
const INDENT_SHARE = 0.3
const STEP = '  '

function rowLines(row: SpanRow, branch: Branch, terminal: Terminal, isFull: boolean): string[] {
  const paint = painter(terminal.color)
  const { sign, style } = SIGNS[row.kind]
  const room = Math.max(terminal.columns - branch.head.length - STEP.length, 8)
  const label = paint(row.kind === 'same' ? 'dim' : 'bold', clipped(plainLine(labelOf(row)), room))
  return [
    `${paint(style, sign)} ${paint('dim', branch.head)}${label}`,
    ...noteLines(row, branch.below, terminal, isFull),
    ...row.children.flatMap((child, at) => {
      const next = nextBranch(branch, at === row.children.length - 1, terminal.columns)
      return rowLines(child, next, terminal, isFull)
    }),
  ]
}

function nextBranch({ below }: Branch, isLast: boolean, columns: number): Branch {
  const isFlat = below.length > columns * INDENT_SHARE
  return {
    head: below + (isLast ? '└─ ' : '├─ '),
    below: isFlat ? below : below + (isLast ? '   ' : '│  '),
  }
}

function noteLines(row: SpanRow, below: string, terminal: Terminal, isFull: boolean): string[] {
  const paint = painter(terminal.color)
  const indent = `${STEP}${below}${row.children.length > 0 ? '│ ' : '  '}`
  return changeLines(row, isFull).flatMap(({ depth, pieces }) => {
    const step = STEP.repeat(depth + 1)
    const width = Math.max(terminal.columns - indent.length - step.length, 20)
    return pieceLines(pieces, width, terminal).map((line) => paint('dim', indent) + step + line)
  })
}

function labelOf({ a, b }: SpanRow): string {
  const [old, now] = [a, b].map((node) => (node === undefined ? undefined : spanLabel(node)))
  return old === undefined || now === undefined || old === now
    ? (now ?? old ?? '')
    : `${old} → ${now}`
}

function spanLabel(node: SpanNode): string {
  const { label } = spanText(node, [])
  const name = nameOfSpan(node)
  return label.startsWith('llm ') && name !== '' ? `${label} (${name})` : label
}

/** What came over the wire says the same again. */
const WIRE_PARTS: readonly string[] = ['raw_request', 'raw_response']

function changeLines({ difference }: SpanRow, isFull: boolean): ChangeLine[] {
  if (difference === undefined) return []
  const { fields, content, measures } = difference
  const shown = content.filter(({ part }) => isFull || !WIRE_PARTS.includes(part))
  const measured = measures.filter(({ a, b }) => a !== b).map(measureText)
  const measureLine: ChangeLine = {
    depth: 0,
    pieces: [{ kind: 'same', text: measured.join(' · ') }],
  }
  return [
    ...fields.flatMap(valueChangeLines),
    ...shown.flatMap((part) => contentChangeLines(part, isFull)),
    ...(measured.length === 0 ? [] : [measureLine]),
  ]
}

function measureText({ name, a, b }: Measure): string {
  const text = (value: number | undefined): string => {
    if (value === undefined) return '?'
    if (name.endsWith('_ms')) return durationText(value)
    return name === 'cost_usd' ? dollarsText(value) : countText(value)
  }
  return `${MEASURE_NAMES[name] ?? name} ${text(a)} → ${text(b)}`
}

const MEASURE_NAMES: Readonly<Record<string, string>> = {
  duration_ms: 'took',
  ttft_ms: 'first token',
  input_tokens: 'tokens in',
  output_tokens: 'tokens out',
  cache_read_tokens: 'cached',
  reasoning_tokens: 'reasoning',
  cost_usd: 'cost',
}
