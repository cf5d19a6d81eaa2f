import { existsSync } from 'node:fs'
import { verifyS3 } from '@recount/s3'
import { s3ReportText } from '../audit/s3-report-text.ts'
import { EXIT } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { bytesProgress } from '../progress.ts'
import { connectionOf } from '../s3-connection.ts'
import { painter, type Terminal } from '../terminal.ts'
import type { AuditVerifyOptions } from './audit-verify.ts'

/** Verifies a log in a store; 1 unless it is intact. */
export async function verifyStore(
  url: string,
  options: AuditVerifyOptions,
  terminal: Terminal,
): Promise<number> {
  const { key, anchor, receipts, witness = [], tsa = [] } = options
  const isNew = anchor !== undefined && !existsSync(anchor)
  const progress = bytesProgress(terminal, 'fetching')
  let fetched = 0
  const report = await verifyS3({
    url,
    ...connectionOf(options),
    ...(key !== undefined && { publicKey: await readNamedFile(key) }),
    ...(anchor !== undefined && { anchor }),
    ...(receipts !== undefined && { receipts }),
    requireLock: options.requireLock ?? false,
    incremental: options.incremental ?? false,
    witnesses: (await Promise.all(witness.map(readNamedFile))).flatMap((text) =>
      text.split('\n').filter((line) => line.trim() !== ''),
    ),
    timestampAuthorities: await Promise.all(tsa.map(readNamedFile)),
    onFetched: (bytes) => {
      fetched += bytes
      progress.onBytes(fetched, 0)
    },
  }).finally(() => progress.end())
  if (isNew && existsSync(anchor))
    terminal.say(
      `Made the anchor ${plainLine(anchor)}; keep it where the writer of the log cannot reach it`,
    )
  if (options.json) terminal.print(`${plainJson(report)}\n`)
  else terminal.print(s3ReportText(report, painter(terminal.color)))
  const isEnough =
    report.result === 'intact' || (report.result === 'unanchored' && options.allowUnanchored)
  return isEnough ? EXIT.done : EXIT.no
}
