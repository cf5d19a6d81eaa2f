import {
  beganAt,
  type Content,
  type ContentPart,
  type ContentRef,
  type SpanNode,
} from '@recount/record'
import { bytesText, durationText, plural } from '../numbers-text.ts'
import { plainLine, plainLines } from '../plain-text.ts'
import type { Paint } from '../terminal.ts'
import { aboutNotes } from './about-text.ts'
import type { CollectedTrace } from './collect-trace.ts'
import { type ContentContext, contentLines, contentPreview } from './content-text.ts'
import { clipped, fitted, wrapped } from './layout.ts'
import { type Note, type SpanText, spanText } from './span-text.ts'

/** How a tree is printed. */
export interface TreeOptions {
  /** Width in cells. */
  readonly columns: number
  readonly paint: Paint
  /** All content instead of its first words. */
  readonly full: boolean
}

/** Spans below this depth are counted and not shown. */
export const MAX_DEPTH = 100

/** What a reader wants to see at once; the rest is named. */
const SHOWN_PARTS: readonly ContentPart[] = [
  'input',
  'output',
  'retrieved',
  'tool_arguments',
  'tool_result',
  'parsed',
  'upstream',
]

/** Cells by which a child stands to the right of its parent, and the share of the width that this may take. */
const STEP = 3
const INDENT_SHARE = 0.25

const STATUS_WIDTH = 12
const DURATION_WIDTH = 9
/** Below this many columns there is no room for bars. */
const BAR_FROM = 64

/** The tree of a trace: a row for each span with its time as a bar, and what is known about it below. */
export function treeText(trace: CollectedTrace, options: TreeOptions): string {
  const printer = new TreePrinter(trace, options)
  return `${printer.lines().join('\n')}\n`
}

class TreePrinter {
  readonly #trace: CollectedTrace
  readonly #options: TreeOptions
  readonly #from: number
  readonly #length: number
  readonly #barWidth: number
  readonly #lines: string[] = []

  constructor(trace: CollectedTrace, options: TreeOptions) {
    this.#trace = trace
    this.#options = options
    this.#from = trace.roots.map(beganAt).reduce((a, b) => Math.min(a, b), Number.MAX_VALUE)
    const ends = trace.roots.map((root) => beganAt(root) + lengthOf(root) - this.#from)
    this.#length = ends.reduce((most, end) => Math.max(most, end), 1)
    this.#barWidth = options.columns < BAR_FROM ? 0 : Math.floor(options.columns / 4)
  }

  lines(): string[] {
    const { roots } = this.#trace
    const { paint } = this.#options
    for (const root of roots) {
      const parent = root.parent_span_id
      this.#node(root, '', '')
      if (parent === undefined) continue
      // A parent that is there has its children below it, unless it is below them.
      const isThere = roots.some(({ span_id }) => span_id === parent)
      const missing = `its parent ${parent.slice(0, 8)} is not in these files`
      this.#note('  ', { text: isThere ? 'its parents form a cycle' : missing })
    }
    for (const text of this.#remarks()) this.#lines.push(paint('yellow', text))
    return this.#lines
  }

  /** `around` are the spans that it stands in, from the root. */
  #node(node: SpanNode, head: string, below: string, around: readonly SpanNode[] = []): void {
    const depth = around.length
    const verdicts = this.#trace.validations.get(node.span_id) ?? []
    const span = spanText(node, verdicts, around.at(-1))
    // Deeper than there is room to indent, spans say how deep they are.
    const isFlat = below.length + STEP > this.#options.columns * INDENT_SHARE
    this.#row(node, isFlat ? { ...span, label: `${depth}: ${span.label}` } : span, head)
    const indent = `${below}${node.children.length > 0 ? '│ ' : '  '}  `
    for (const note of [...span.notes, ...aboutNotes(node, this.#trace.edits)])
      this.#note(indent, note)
    this.#content(node, indent)
    if (depth === MAX_DEPTH) {
      if (node.children.length > 0) this.#note(indent, { text: 'deeper: not shown' })
      return
    }
    node.children.forEach((child, index) => {
      const [branch, trunk] = index === node.children.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  ']
      this.#node(child, below + branch, isFlat ? below : below + trunk, [...around, node])
    })
  }

  #row(node: SpanNode, span: SpanText, head: string): void {
    const { columns, paint } = this.#options
    const room = columns - STATUS_WIDTH - DURATION_WIDTH - this.#barWidth - 3
    const label = fitted(plainLine(span.label), Math.max(room - head.length, 4))
    const duration = span.duration_ms === undefined ? '' : durationText(span.duration_ms)
    const cells = [
      paint('dim', head) + paint('bold', label),
      paint(span.style, span.status.padEnd(STATUS_WIDTH)),
      duration.padStart(DURATION_WIDTH),
    ]
    if (this.#barWidth > 0 && span.duration_ms !== undefined)
      cells.push(paint(span.style, this.#bar(beganAt(node), span.duration_ms)))
    this.#lines.push(cells.join(' ').trimEnd())
  }

  /** Clocks of two processes may differ: a bar never leaves its column. */
  #bar(from: number, duration: number): string {
    const scale = this.#barWidth / this.#length
    const start = Math.floor((from - this.#from) * scale)
    const offset = Math.min(Math.max(start, 0), this.#barWidth - 1)
    const length = Math.min(Math.max(Math.round(duration * scale), 1), this.#barWidth - offset)
    return `${' '.repeat(offset)}${'━'.repeat(length)}`
  }

  #note(indent: string, { text, style }: Note): void {
    const { columns, paint } = this.#options
    for (const line of wrapped(plainLine(text), Math.max(columns - indent.length, 20)))
      this.#lines.push(paint('dim', indent) + (style === undefined ? line : paint(style, line)))
  }

  #content(node: SpanNode, indent: string): void {
    if (this.#options.full) this.#fullContent(node, indent)
    else this.#foldedContent(node, indent)
    const here = new Set(node.content.map(({ digest }) => digest))
    const missing = refsOf(node).filter(({ digest }) => !here.has(digest))
    if (missing.length === 0) return
    const parts = missing.map(({ part, bytes }) => `${part} ${bytesText(bytes)}`)
    this.#note(indent, { text: `not in these files: ${parts.join(', ')}`, style: 'dim' })
  }

  #fullContent(node: SpanNode, indent: string): void {
    const { paint } = this.#options
    for (const content of node.content) {
      this.#lines.push(
        `${paint('dim', indent)}${paint('cyan', content.part)} ${paint('dim', sizeText(content))}`,
      )
      this.#contentLines(content.content, contextOf(node, content.part), `${indent}  `)
    }
  }

  #foldedContent(node: SpanNode, indent: string): void {
    const { columns, paint } = this.#options
    const [shown, counted] = [true, false].map((isShown) =>
      node.content.filter(({ part }) => SHOWN_PARTS.includes(part) === isShown),
    ) as [Content[], Content[]]
    for (const { part, content } of shown) {
      const room = columns - indent.length - part.length - 1
      const preview = clipped(
        plainLine(contentPreview(content, contextOf(node, part))),
        Math.max(room, 8),
      )
      this.#lines.push(`${paint('dim', indent)}${paint('cyan', part)} ${preview}`)
    }
    if (counted.length === 0) return
    const parts = counted.map((content) => `${content.part} ${sizeText(content)}`)
    this.#note(indent, { text: `with --full also ${parts.join(', ')}`, style: 'dim' })
  }

  #contentLines(content: unknown, context: ContentContext, indent: string): void {
    const { columns, paint } = this.#options
    for (const line of contentLines(content, context).flatMap(plainLines))
      for (const piece of wrapped(line, Math.max(columns - indent.length, 20)))
        this.#lines.push(paint('dim', indent) + piece)
  }

  #remarks(): string[] {
    const { erased, invalid, left_out } = this.#trace
    return [
      ...(erased > 0 ? [`${plural(erased, 'piece')} of content erased`] : []),
      ...(invalid > 0
        ? [`${plural(invalid, 'line')} of it left out: not valid, see recount check`]
        : []),
      ...(left_out > 0
        ? [`${plural(left_out, 'line')} of it left out: the trace is too large`]
        : []),
    ]
  }
}

function contextOf({ content }: SpanNode, part: ContentPart): ContentContext {
  const system = content.find((one) => one.part === 'system')?.content
  return {
    speaker: part === 'system' ? 'system' : 'assistant',
    system: Array.isArray(system) ? system : [],
  }
}

function sizeText({ bytes, truncated }: Content): string {
  return truncated ? `${bytesText(bytes)} (middle cut out)` : bytesText(bytes)
}

function lengthOf({ end }: SpanNode): number {
  return end !== undefined && 'duration_ms' in end ? end.duration_ms : 0
}

function refsOf({ end }: SpanNode): readonly ContentRef[] {
  return end !== undefined && 'content' in end && Array.isArray(end.content) ? end.content : []
}
