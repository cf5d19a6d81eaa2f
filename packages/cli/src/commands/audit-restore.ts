import { restoreS3 } from '@recount/s3'
import { s3ReportText } from '../audit/s3-report-text.ts'
import { EXIT } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { connectionOf, type StoreCommandOptions } from '../s3-connection.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount audit restore`. */
export interface AuditRestoreOptions extends StoreCommandOptions {
  readonly key?: string
  readonly receipts?: string
  readonly json?: boolean
}

/** Makes a log's folder from a store, and verifies it; 1 where something is wrong with it. */
export async function restoreLog(
  url: string,
  dir: string,
  options: AuditRestoreOptions,
  terminal: Terminal,
): Promise<number> {
  const { key, receipts, json } = options
  const report = await restoreS3({
    url,
    dir,
    ...connectionOf(options),
    ...(key !== undefined && { publicKey: await readNamedFile(key) }),
    ...(receipts !== undefined && { receipts }),
  })
  if (json) terminal.print(`${plainJson(report)}\n`)
  else {
    terminal.print(s3ReportText(report, painter(terminal.color)))
    terminal.say(
      `Restored to ${plainLine(dir)}, without encrypted content, which is not shipped: verify it with --no-content. To write on, give its private key: --key FILE`,
    )
  }
  return report.result === 'intact' || report.result === 'unanchored' ? EXIT.done : EXIT.no
}
