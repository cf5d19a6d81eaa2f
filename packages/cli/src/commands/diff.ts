import { compareTraces } from '@recount/compare'
import { beganAt } from '@recount/record'
import { differenceText } from '../diff/difference-text.ts'
import { percent, type SiblingOptions, siblingOf } from '../diff/find-sibling.ts'
import { namedSpans, type Side } from '../diff/side.ts'
import { CliError, EXIT } from '../errors.ts'
import { momentText } from '../numbers-text.ts'
import { plainJson } from '../plain-text.ts'
import { chooseTrace } from '../show/choose-trace.ts'
import { wrapped } from '../show/layout.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount diff`. */
export interface DiffOptions extends SiblingOptions {
  readonly full?: boolean
  readonly json?: boolean
  /** Compare with the most similar call of another prompt version, model or release. */
  readonly sibling?: boolean
}

interface SiblingFacts {
  readonly trace_id: string
  readonly span_id: string
  readonly similarity: number
  readonly differs: readonly string[]
}

interface Sides {
  readonly a: Side
  readonly b: Side
  /** Why this is the other side, where it was found and not named. */
  readonly sibling?: SiblingFacts
}

/** Prints what differs between two traces or two spans. 1 when something does, 0 when nothing does. */
export async function diffTraces(
  names: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const { a, b, sibling } = options.sibling
    ? await withSibling(names, options, terminal)
    : await twoNamed(names, options, terminal)
  const difference = compareTraces(a.roots, b.roots)
  const heads = [headLine('a', a), headLine('b', b), ...likeness(sibling)].flatMap((head) =>
    wrapped(head, terminal.columns),
  )
  terminal.print(
    options.json
      ? `${plainJson(sibling === undefined ? difference : { sibling, ...difference }, 2)}\n`
      : `${heads.join('\n')}\n${differenceText(difference, terminal, options.full)}`,
  )
  return difference.isEqual ? EXIT.done : EXIT.no
}

async function twoNamed(
  [a, b, ...files]: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<Sides> {
  if (a === undefined || b === undefined)
    throw new CliError('CLI_USAGE_INVALID', 'Name two traces or spans, or one and --sibling')
  const { trace, other } = await chooseTrace(a, files, options, terminal)
  return { a: namedSpans(a, trace), b: namedSpans(b, await other(b)) }
}

async function withSibling(
  [a, ...files]: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<Sides> {
  if (a === undefined) throw new CliError('CLI_USAGE_INVALID', 'Name a trace or a span')
  const { trace, sibling, ...found } = await siblingOf(a, files, options, terminal)
  const { span, similarity, differs } = found
  const own = namedSpans(a, trace)
  return {
    a: own,
    b: own.roots === trace.roots ? sibling : namedSpans(span, sibling),
    sibling: { trace_id: sibling.trace_id, span_id: span, similarity, differs },
  }
}

function likeness(sibling: SiblingFacts | undefined): string[] {
  if (sibling === undefined) return []
  const { similarity, differs } = sibling
  return [
    `b was asked the same as a by ${percent(similarity)}, with another ${differs.join(', ').replaceAll('_', ' ')}`,
  ]
}

function headLine(side: string, { trace_id, roots: [first] }: Side): string {
  return `${side}  ${trace_id}${first === undefined ? '' : `  ${momentText(beganAt(first))}`}`
}
