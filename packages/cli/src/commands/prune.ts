import {
  type Pruned,
  pruneContentFiles,
  type Retained,
  type RetainedByRule,
  type RetentionPolicy,
} from '@recount/store'
import { durationMs } from '../durations.ts'
import { CliError, EXIT } from '../errors.ts'
import { bytesText, plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { cleaningProgress } from '../progress.ts'
import { type SourceOptions, scopeOf } from '../store/open-source.ts'
import { inOwnStore, ownDatabase } from '../store/own-store.ts'
import { readRetention } from '../store/retention-file.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount prune`. */
export interface PruneCommandOptions extends SourceOptions {
  readonly olderThan?: string
  readonly contentOnly?: boolean
  readonly policy?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Forgets what is old: the daily content files of a folder, or what is in a store; by an age, or by a policy. */
export async function pruneOld(
  folder: string | undefined,
  options: PruneCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkUsage(folder, options)
  const policy = options.policy === undefined ? undefined : await readRetention(options.policy)
  if (folder !== undefined) await pruneFolder(folder, policy, options, terminal)
  else
    return inOwnStore(
      ownDatabase(options.db),
      { readonly: options.dryRun === true },
      async (store) => {
        const { olderThan = '', contentOnly, dryRun, json } = options
        const scope = scopeOf(options)
        const { onCleaned, end } = cleaningProgress(terminal)
        if (policy !== undefined) {
          const retained = await store.retain(policy, { ...scope, dryRun, onCleaned }).finally(end)
          terminal.print(json ? `${plainJson(retained)}\n` : retainedText(retained))
          return ended(retained, terminal)
        }
        const query = { ...scope, olderThan, contentOnly, dryRun, onCleaned }
        const pruned = await store.prune(query).finally(end)
        terminal.print(json ? `${plainJson(pruned)}\n` : prunedText(pruned, options))
        return ended(pruned, terminal)
      },
    )
  return EXIT.done
}

/** What could not be done yet is a run that the next one has to finish. */
function ended({ unfinished }: Pick<Pruned, 'unfinished'>, terminal: Terminal): number {
  if (unfinished === null) return EXIT.done
  terminal.say(plainLine(`recount: ${unfinished.code}: ${unfinished.message}`))
  return EXIT.failed
}

function checkUsage(folder: string | undefined, options: PruneCommandOptions): void {
  const { olderThan, policy, contentOnly, db } = options
  if (folder !== undefined && db !== undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Name a folder or a store with --db, not both')
  if (olderThan !== undefined && policy !== undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Give --older-than AGE or --policy FILE, not both')
  if (olderThan === undefined && policy === undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Say what is old: --older-than AGE or --policy FILE')
  if (olderThan !== undefined && durationMs(olderThan) === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `Expected --older-than to be a length of time such as 7d or 12h, got ${olderThan}`,
    )
  if (policy !== undefined && contentOnly)
    throw new CliError('CLI_OPTION_INVALID', 'A policy says itself what is content only')
}

/** A file of a day may have lines of every rule: it goes when the last of them is due. */
async function pruneFolder(
  folder: string,
  policy: RetentionPolicy | undefined,
  { olderThan = '', dryRun, json }: PruneCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const days = policy === undefined ? undefined : longestContent(policy)
  if (days === 'forever') terminal.say('A rule of the policy keeps content for ever: no file goes')
  const age = days === undefined ? olderThan : days === 'forever' ? 0 : `${days}d`
  const { files, bytes } = await pruneContentFiles(folder, { olderThan: age, dryRun })
  if (json) terminal.print(`${plainJson({ files, bytes })}\n`)
  else
    terminal.print(
      `${dryRun ? 'Would delete' : 'Deleted'} ${plural(files.length, 'content file')}, ${bytesText(bytes)}\n`,
    )
}

function longestContent({ rules = [], defaults = {} }: RetentionPolicy): number | 'forever' {
  const below = defaults.content_days ?? 'forever'
  const days = [below, ...rules.map(({ keep }) => keep.content_days ?? below)]
  return days.reduce((a, b) => (a === 'forever' || b === 'forever' ? 'forever' : Math.max(a, b)))
}

function prunedText(pruned: Pruned, { contentOnly, dryRun }: PruneCommandOptions): string {
  const { spans, pieces } = pruned
  const what = contentOnly ? `the content of ${plural(spans, 'span')}` : plural(spans, 'span')
  if (dryRun) return `Would forget ${what}\n`
  return `Forgot ${what}, ${plural(pieces, 'text')}${sizeText(pruned)}\n`
}

function sizeText({ bytes_before, bytes_after }: Pick<Pruned, 'bytes_before' | 'bytes_after'>) {
  return bytes_before === null || bytes_after === null
    ? ''
    : `: ${bytesText(bytes_before)} before, ${bytesText(bytes_after)} after`
}

function retainedText(retained: Retained): string {
  const { dry_run, rules } = retained
  const verb = dry_run ? 'would forget' : 'forgot'
  const lines = rules.map((rule) => `${plainLine(rule.rule)}: ${ruleText(rule, verb)}\n`)
  return `${lines.join('')}${dry_run ? 'Would forget' : 'Forgot'} ${plural(retained.spans, 'span')}, and the content of ${plural(retained.content_spans, 'more span')}${sizeText(retained)}\n`
}

function ruleText(rule: RetainedByRule, verb: string): string {
  const { content_days, metadata_days, content_spans, spans } = rule
  const kept = `content ${daysText(content_days)}, metadata ${daysText(metadata_days)}`
  return `${kept}; ${verb} ${plural(spans, 'span')}, and the content of ${plural(content_spans, 'more span')}`
}

function daysText(days: number | 'forever'): string {
  return days === 'forever' ? 'for ever' : plural(days, 'day')
}
