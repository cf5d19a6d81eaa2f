import type { SpanNode } from '@recount/record'
import type { CheckSummary } from '../check/check-inputs.ts'
import { bytesText, plural } from '../numbers-text.ts'
import { plainLine } from '../plain-text.ts'
import { aboutNotes } from '../show/about-text.ts'
import type { CollectedTrace } from '../show/collect-trace.ts'
import { widthOf, wrapped } from '../show/layout.ts'
import { spanText } from '../show/span-text.ts'
import { type Paint, painter, type Terminal } from '../terminal.ts'
import { nearPath } from './command-name.ts'
import type { Problem } from './problems.ts'

/** Prints the demo's story, section by section. */
export class Story {
  readonly #terminal: Terminal
  readonly #paint: Paint
  readonly #columns: number
  #sections = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.#paint = painter(terminal.color)
    this.#columns = Math.min(terminal.columns, 100)
  }

  title(text: string, ...paragraphs: readonly string[]): void {
    this.#print(this.#paint('bold', text))
    for (const paragraph of paragraphs) {
      this.#print('')
      this.paragraph(paragraph)
    }
  }

  section(title: string, paragraph: string): void {
    this.#sections += 1
    const head = `${this.#sections}  ${title} `
    const rule = '─'.repeat(Math.max(0, this.#columns - widthOf(head)))
    this.#print('', this.#paint('bold', head) + this.#paint('dim', rule), '')
    this.paragraph(paragraph)
    this.#print('')
  }

  paragraph(text: string): void {
    this.#print(...wrapped(text, this.#columns))
  }

  /** Text that has its form already. */
  block(text: string): void {
    this.#terminal.print(text)
  }

  files(
    files: readonly { path: string; bytes: number; holds: string }[],
    check: CheckSummary,
  ): void {
    this.#print('')
    for (const { path, bytes, holds } of files) {
      this.#print(`  ${this.#paint('cyan', plainLine(nearPath(path)))}`)
      this.#print(this.#paint('dim', `      ${bytesText(bytes)}: ${holds}`))
    }
    const verdict = check.findings === 0 ? 'all are valid records' : 'not all are valid records'
    this.#print('')
    this.paragraph(`recount check has looked at the ${plural(check.lines, 'line')}: ${verdict}.`)
  }

  /** What went wrong, what the record says about it, and what one learns. */
  problem({ title, lesson }: Problem, trace: CollectedTrace): void {
    const gap = this.#columns - widthOf(title) - 10
    const id = this.#paint('cyan', trace.trace_id.slice(0, 8))
    this.#print(`${this.#paint('bold', title)}${' '.repeat(Math.max(gap, 1))}${id}`)
    for (const { text, style } of evidence(trace))
      for (const line of wrapped(plainLine(text), this.#columns - 2))
        this.#print(`  ${this.#paint(style, line)}`)
    for (const line of wrapped(lesson, this.#columns - 2))
      this.#print(`  ${this.#paint('dim', line)}`)
    this.#print('')
  }

  command(command: string, purpose: string): void {
    this.#print(`  ${this.#paint('dim', `# ${purpose}`)}`, `  ${plainLine(command)}`)
  }

  #print(...lines: readonly string[]): void {
    for (const line of lines) this.#terminal.print(`${line.trimEnd()}\n`)
  }
}

interface Evidence {
  readonly text: string
  readonly style: 'red' | 'yellow' | 'blue' | 'green'
}

const UNUSUAL: Readonly<Record<string, Evidence['style']>> = {
  error: 'red',
  failed: 'red',
  partial: 'yellow',
  aborted: 'yellow',
}

/** The record's own words about what is unusual in a trace. */
function evidence(trace: CollectedTrace): Evidence[] {
  return nodesOf(trace.roots).flatMap((node): Evidence[] => {
    const span = spanText(node, trace.validations.get(node.span_id) ?? [])
    const notes = aboutNotes(node, trace.edits)
    const retried = span.notes.find(({ text }) => /attempt [2-9]|fallback for/.test(text))
    const reason = span.notes.find(({ style }) => style !== undefined)?.text ?? retried?.text
    const style = UNUSUAL[span.status] ?? (retried === undefined ? undefined : 'green')
    const spent = span.status === 'aborted' ? span.notes[0]?.text : undefined
    const own = [span.label, span.status, spent, reason].filter(isText).join(' · ')
    return [
      ...(style === undefined ? [] : [{ text: own, style }]),
      ...notes.map(({ text }) => ({ text, style: 'blue' as const })),
    ]
  })
}

function isText(part: string | undefined): part is string {
  return part !== undefined
}

function nodesOf(roots: readonly SpanNode[]): SpanNode[] {
  return roots.flatMap((root) => [root, ...nodesOf(root.children)])
}
