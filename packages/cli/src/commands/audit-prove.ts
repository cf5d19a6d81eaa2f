import { proveEntry } from '@recount/audit'
import { CliError, EXIT } from '../errors.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import type { Terminal } from '../terminal.ts'
import { writeWhole } from '../whole-file.ts'

/** Options of `recount audit prove`. */
export interface AuditProveOptions {
  readonly out?: string
  readonly json?: boolean
}

/** Writes the proof of one entry: a file that needs nothing but the key. */
export async function proveOne(
  dir: string,
  seq: string,
  { out, json }: AuditProveOptions,
  terminal: Terminal,
): Promise<number> {
  if (!/^\d{1,15}$/.test(seq))
    throw new CliError('CLI_OPTION_INVALID', `Expected a sequence number, got ${plainLine(seq)}`)
  const { proof, entry } = await proveEntry(dir, Number(seq))
  const text = json ? `${plainJson({ seq: Number(seq), entry, proof })}\n` : proof
  if (out === undefined) terminal.print(text)
  else {
    await writeWhole(out, text)
    terminal.say(
      `Wrote ${plainLine(out)}; verify it: recount audit verify ${plainLine(out)} --key FILE`,
    )
  }
  return EXIT.done
}
