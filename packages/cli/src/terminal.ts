import { styleText } from 'node:util'

/** Where a command writes: data to stdout, everything else to stderr. */
export interface Terminal {
  /** Width of stdout in cells. */
  readonly columns: number
  /** Whether stdout takes colours. */
  readonly color: boolean
  /** Whether a person watches stderr. */
  readonly watched: boolean
  /** Writes data to stdout. */
  print(text: string): void
  /** Resolves when all that was printed has been handed over; rejects where stdout does not take it. */
  flush(): Promise<void>
  /** Writes a line for people to stderr. */
  say(text: string): void
  /** Writes to stderr as it is. */
  note(text: string): void
}

/** The styles that are used. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

/** Puts a style around a text, or nothing where there are no colours. */
export type Paint = (style: Style, text: string) => string

/** The terminal of this process. */
export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr } = process
  return {
    columns: columnsOf(stdout.columns, env.COLUMNS),
    color: takesColor(stdout.isTTY === true, env),
    watched: stderr.isTTY === true && env.TERM !== 'dumb',
    print: (text) => void stdout.write(text),
    flush: () =>
      new Promise((resolve, reject) => {
        stdout.write('', (error) => (error ? reject(error) : resolve()))
      }),
    say: (text) => void stderr.write(`${text}\n`),
    note: (text) => void stderr.write(text),
  }
}

/** How to paint on a terminal. */
export function painter(color: boolean): Paint {
  return (style, text) =>
    color && text !== '' ? styleText(style, text, { validateStream: false }) : text
}

const WIDTHS = { least: 40, usual: 80, most: 160 }

function columnsOf(measured: number | undefined, wanted: string | undefined): number {
  const columns = measured || Number(wanted) || WIDTHS.usual
  return Math.min(Math.max(Math.trunc(columns), WIDTHS.least), WIDTHS.most)
}

/** As Node does it: FORCE_COLOR before NO_COLOR (no-color.org) before what stdout is. */
function takesColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTerminal && !NO_COLOR && TERM !== 'dumb'
}
