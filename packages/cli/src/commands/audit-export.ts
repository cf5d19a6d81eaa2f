import { userInfo } from 'node:os'
import {
  AuditError,
  EXPORT_FORMATS,
  type ExportFilter,
  type ExportFormat,
  type ExportRequest,
  RETENTION_PRESET_IDS,
  type RetentionPresetId,
} from '@recount/audit'
import { openLog } from '../audit/log-keys.ts'
import { waitOf } from '../audit/wait-option.ts'
import { momentMs } from '../durations.ts'
import { CliError, EXIT } from '../errors.ts'
import { countText, plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { bytesProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount audit export`. */
export interface AuditExportOptions {
  readonly out: string
  readonly from?: string
  readonly to?: string
  readonly tenant?: readonly string[]
  readonly actor?: readonly string[]
  readonly action?: readonly string[]
  readonly subject?: readonly string[]
  readonly format: string
  readonly preset?: string
  readonly policy?: string
  readonly reason?: string
  readonly by?: string
  readonly key?: string
  /** A duration; false with `--no-wait`. */
  readonly wait: string | false
  readonly json?: boolean
}

/** Makes a bundle for an auditor. */
export async function exportLog(
  dir: string,
  options: AuditExportOptions,
  terminal: Terminal,
): Promise<number> {
  // All that can be wrong with the question is said before the log is touched.
  const request = requestOf(options)
  const { key, json } = options
  const wait = waitOf(options.wait)
  const audit = await openLog(dir, { ...(key !== undefined && { key }), wait }).catch(
    (error: Error) => {
      throw error instanceof AuditError && error.code === 'AUDIT_LOCKED'
        ? openElsewhere(dir, error)
        : error
    },
  )
  const progress = bytesProgress(terminal, 'exporting')
  try {
    const made = await audit.export({ ...request, onProgress: progress.onBytes })
    progress.end()
    const { out, seq, size, disclosed, withheld, expired } = made
    const shown = plainLine(out)
    if (json) terminal.print(`${plainJson(made)}\n`)
    else
      terminal.print(
        `exported: ${shown}\n  shown     ${plural(disclosed, 'entry', 'entries')}\n  withheld  ${countText(withheld)}\n  expired   ${countText(expired)}\n  log       ${countText(size)} entries are signed; entry ${countText(seq)} tells of this export\nOpen ${shown}/report.html, or check it: recount audit verify ${shown} --key FILE --anchor FILE\n`,
      )
    return EXIT.done
  } finally {
    progress.end()
    await audit.close()
  }
}

/** The one who has it open can do it, and nobody else: the export is an entry, which vouches for the bundle. */
function openElsewhere(dir: string, cause: AuditError): AuditError {
  const [, process = 'another process'] = /(process \d+)/.exec(cause.message) ?? []
  return new AuditError(
    'AUDIT_LOCKED',
    `${process} has ${plainLine(dir)} open, and an export is an entry of the log, which vouches for the folder; let that application make it (audit.export({ out }), see docs/audit-export.md), or try again once it has ended. To read and verify now: recount audit verify ${plainLine(dir)}, recount audit log ${plainLine(dir)}`,
    { cause },
  )
}

function requestOf(options: AuditExportOptions): ExportRequest {
  const { out, tenant, actor, action, subject, policy, reason } = options
  const from = dateOf('--from', options.from)
  const to = dateOf('--to', options.to)
  const filter: ExportFilter = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(tenant !== undefined && { tenant }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
  }
  const preset = presetOf(options.preset)
  return {
    out,
    filter,
    formats: formatsOf(options.format),
    ...(preset !== undefined && { preset }),
    ...(policy !== undefined && { policy }),
    ...(reason !== undefined && { reason }),
    actor: { type: 'user', id: options.by ?? userName() },
  }
}

function formatsOf(list: string): ExportFormat[] {
  const names = list.split(',').map((name) => name.trim())
  const formats = EXPORT_FORMATS.filter((format) => names.includes(format))
  if (names.every((name) => EXPORT_FORMATS.some((format) => format === name))) return formats
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected --format to be a list of ${EXPORT_FORMATS.join(', ')}, got ${plainLine(list)}`,
  )
}

function presetOf(name: string | undefined): RetentionPresetId | undefined {
  const known = RETENTION_PRESET_IDS.find((id) => id === name)
  if (name === undefined || known !== undefined) return known
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected --preset to be one of ${RETENTION_PRESET_IDS.join(', ')}, got ${plainLine(name)}`,
  )
}

function dateOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const moment = momentMs(text)
  if (moment !== undefined) return new Date(moment)
  throw new CliError(
    'CLI_OPTION_INVALID',
    `Expected ${name} to be an ISO date or a duration such as 30d, got ${plainLine(text)}`,
  )
}

/** Containers may have users without a name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
