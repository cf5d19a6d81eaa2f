import { existsSync, statSync } from 'node:fs'
import {
  type AuditReport,
  parseTlogProof,
  parseTrustedKeys,
  verifyAudit,
  verifyTlogProof,
} from '@recount/audit'
import { reportText } from '../audit/report-text.ts'
import { CliError, EXIT } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { countText } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { bytesProgress } from '../progress.ts'
import type { StoreCommandOptions } from '../s3-connection.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount audit verify`. */
export interface AuditVerifyOptions extends StoreCommandOptions {
  readonly key?: string
  readonly anchor?: string
  readonly incremental?: boolean
  readonly allowUnanchored?: boolean
  readonly witness?: readonly string[]
  readonly tsa?: readonly string[]
  readonly content?: boolean
  readonly receipts?: string
  readonly requireLock?: boolean
  readonly json?: boolean
}

/** Verifies a log, or the proof of one entry; 1 unless it is intact. */
export async function verifyLog(
  target: string,
  options: AuditVerifyOptions,
  terminal: Terminal,
): Promise<number> {
  if (target.startsWith('s3://')) {
    const { verifyStore } = await import('./audit-verify-s3.ts')
    return verifyStore(target, options, terminal)
  }
  if (statSync(target, { throwIfNoEntry: false })?.isFile())
    return verifyProof(target, options, terminal)
  const { anchor } = options
  const isNew = anchor !== undefined && !existsSync(anchor)
  const report = await verified(target, options, terminal)
  if (isNew && existsSync(anchor))
    terminal.say(
      `Made the anchor ${plainLine(anchor)}: from now on the log is held to what it is today; whether its end was cut before, or all of it written anew with its key, this run cannot tell. Keep the anchor where the writer of the log cannot reach it`,
    )
  if (options.json) terminal.print(`${plainJson(report)}\n`)
  else terminal.print(reportText(report, painter(terminal.color)))
  const isEnough =
    report.result === 'intact' || (report.result === 'unanchored' && options.allowUnanchored)
  return isEnough ? EXIT.done : EXIT.no
}

async function verified(
  dir: string,
  options: AuditVerifyOptions,
  terminal: Terminal,
): Promise<AuditReport> {
  const { key, anchor, incremental = false, witness = [], tsa = [], content = true } = options
  const progress = bytesProgress(terminal, 'verifying')
  try {
    return await verifyAudit({
      dir,
      ...(key !== undefined && { publicKey: await readNamedFile(key) }),
      ...(anchor !== undefined && { anchor }),
      incremental,
      content,
      witnesses: await Promise.all(witness.map(readNamedFile)),
      timestampAuthorities: await Promise.all(tsa.map(readNamedFile)),
      onProgress: progress.onBytes,
    })
  } finally {
    progress.end()
  }
}

/** The proof carries the entry; the key has to come from elsewhere. */
async function verifyProof(
  file: string,
  { key, json }: AuditVerifyOptions,
  terminal: Terminal,
): Promise<number> {
  if (key === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      'A proof needs --key FILE: nothing in it says which key to trust',
    )
  const proof = parseTlogProof(await readNamedFile(file))
  const keys = parseTrustedKeys(await readNamedFile(key), proof.checkpoint.origin)
  const entry = proof.extra ?? Buffer.alloc(0)
  const fault = verifyTlogProof(proof, entry, keys)
  const { origin, size } = proof.checkpoint
  const result = fault === null ? 'proved' : 'not proved'
  const line = fault === null ? entry.toString() : null
  if (json)
    terminal.print(`${plainJson({ result, fault, origin, seq: proof.index, size, entry: line })}\n`)
  else {
    const paint = painter(terminal.color)
    const verdict = paint('bold', paint(fault === null ? 'green' : 'red', result))
    const why = fault === null ? '' : `: ${FAULTS[fault]}`
    terminal.print(
      `${verdict}: entry ${countText(proof.index)} of ${plainLine(origin)}, among ${countText(size)}${why}\n`,
    )
    if (line !== null) terminal.print(`${plainLine(line)}\n`)
  }
  return fault === null ? EXIT.done : EXIT.no
}

const FAULTS = {
  signature: 'the checkpoint is not signed by the key that was given',
  inclusion: 'the entry is not in the tree that was signed',
} as const
