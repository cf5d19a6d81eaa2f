import { mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { analyze, expandInputs, formatText, type Input } from '@recount/analyze'
import { explain } from '@recount/diagnose'
import { reportText } from '../audit/report-text.ts'
import { checkInputs } from '../check/check-inputs.ts'
import { anchorFile, auditFolder } from '../demo/audit-demo.ts'
import { commandName, nearPath, quoted } from '../demo/command-name.ts'
import { PROBLEMS } from '../demo/problems.ts'
import type { Recorded } from '../demo/record-demo.ts'
import { Story } from '../demo/story.ts'
import { CliError, EXIT } from '../errors.ts'
import { explanationText } from '../explain/explanation-text.ts'
import { type CollectedTrace, collectTrace } from '../show/collect-trace.ts'
import { traceText } from '../show/trace-text.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount demo`. */
export interface DemoOptions {
  readonly dir?: string
  readonly open?: boolean
}

/** Records the demo, then tells what was recorded and how one sees what went wrong. */
export async function runDemo({ dir, open }: DemoOptions, terminal: Terminal): Promise<number> {
  if (open)
    throw new CliError(
      'CLI_NOT_AVAILABLE',
      '`--open` is for the viewer, which is not in this version yet',
    )
  const folder = dir === undefined ? mkdtempSync(join(tmpdir(), 'recount-demo-')) : freshFolder(dir)
  terminal.say('A support assistant is answering its customers …')
  forgetLoggerFlags()
  const { recordDemo } = await import('../demo/record-demo.ts')
  const recorded = await recordDemo(folder)
  const inputs = await expandInputs([recorded.logFile, ...recorded.contentFiles])
  const story = new Story(terminal)
  await tellWhatWasRecorded(story, recorded, inputs)
  const find = (id: string): Promise<CollectedTrace> =>
    collectTrace(recorded.answers.get(id)?.trace_id ?? '', inputs, () => {})
  const first = await find('tools')
  tellOneQuestion(story, first, terminal)
  await tellNumbers(story, recorded, terminal)
  await tellProblems(story, find)
  await tellFaults(story, recorded, terminal)
  tellAudit(story, recorded, terminal)
  tellHowToGoOn(story, folder, recorded, first, await find('parser-failure'))
  return EXIT.done
}

/** The logger makes one logger from the environment when it is imported: its flags are about somebody else's application. */
function forgetLoggerFlags(): void {
  const names = Object.keys(process.env).filter((name) => /^(LLM_|LOG_LEVEL$|OTEL_)/.test(name))
  for (const name of names) delete process.env[name]
}

function freshFolder(dir: string): string {
  const folder = resolve(dir)
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length === 0) return folder
  throw new CliError(
    'CLI_FOLDER_NOT_EMPTY',
    `Expected ${dir} to be a new or empty folder, got one with files in it; name another`,
  )
}

async function tellWhatWasRecorded(
  story: Story,
  { logFile, contentFiles, faultsFile, questions }: Recorded,
  inputs: readonly Input[],
): Promise<void> {
  story.title(
    'Recount demo',
    `A support assistant has answered ${questions} questions, through the real openai and @anthropic-ai/sdk clients, each wrapped once in instrument(): no call is recorded by hand. The provider was a script on 127.0.0.1: nothing has left this machine, and its answers, times and token counts are made up.`,
    'These files are all there is:',
  )
  const check = await checkInputs(inputs, { onFinding() {}, onBytes() {} })
  const content = 'what models and tools saw and said; kept only where asked for'
  const files = [
    { path: logFile, holds: 'who, which model, how many tokens, how long, how it ended' },
    ...contentFiles.map((path) => ({ path, holds: content })),
    { path: faultsFile, holds: 'two answers that were wrong, for the fourth chapter' },
  ]
  story.files(
    files.map((file) => ({ ...file, bytes: statSync(file.path).size })),
    check,
  )
}

function tellOneQuestion(story: Story, trace: CollectedTrace, terminal: Terminal): void {
  story.section(
    'One question, as it happened',
    'The model asked for two tools at once. Both ran at the same time, under the call that asked for them, while other customers were being answered in the same process.',
  )
  story.block(traceText(trace, terminal))
}

async function tellNumbers(story: Story, { logFile }: Recorded, terminal: Terminal): Promise<void> {
  story.section(
    'All calls, counted',
    'Percentiles are over calls that ended well. The fourth version of the prompt gives longer answers: see what that costs.',
  )
  const report = await analyze([logFile], { by: 'prompt' })
  story.block(formatText(report, { color: terminal.color, columns: terminal.columns }))
}

async function tellProblems(
  story: Story,
  find: (id: string) => Promise<CollectedTrace>,
): Promise<void> {
  story.section(
    'What went wrong, and how one sees it',
    'On the right the first characters of each trace id, for recount show.',
  )
  for (const problem of PROBLEMS) story.problem(problem, await find(problem.id))
}

async function tellFaults(
  story: Story,
  { faults, faultsFile }: Recorded,
  terminal: Terminal,
): Promise<void> {
  // Not before the flags are forgotten: it imports the logger.
  const { FAULTS } = await import('../demo/faults.ts')
  const inputs = await expandInputs([faultsFile])
  story.section(
    'Whose fault was it?',
    'Two answers were wrong, and nothing threw. What was recorded tells which part failed, and proves it.',
  )
  for (const { id, title } of FAULTS) {
    const trace = await collectTrace(faults.get(id) ?? '', inputs, () => {})
    story.paragraph(`${title}:`)
    story.block(explanationText(explain(trace), painter(terminal.color), terminal.columns))
  }
}

function tellAudit(story: Story, { audit }: Recorded, terminal: Terminal): void {
  const { log, changed, change } = audit
  const paint = painter(terminal.color)
  story.section(
    'Who did what, and the proof',
    'Beside the log an audit log was kept: each call, tool and lookup as a line in a hash chain, durable before it was acknowledged, without a word of content. Its verifier needs the public key only, and remembers the log in an anchor file, so that a cut end shows, too.',
  )
  story.block(reportText(log, paint))
  story.paragraph(
    `Then somebody changes one bit in a copy: in ${change.file} ${change.before} becomes ${change.after}.`,
  )
  story.block(`\n${reportText(changed, paint)}`)
}

function tellHowToGoOn(
  story: Story,
  folder: string,
  { logFile, answers }: Recorded,
  first: CollectedTrace,
  unread: CollectedTrace,
): void {
  const recount = commandName()
  const file = quoted(nearPath(logFile))
  const all = quoted(`${nearPath(logFile).replace(/app\.jsonl$/, '')}**/*.jsonl`)
  story.section('Go on', 'Each of these works when pasted.')
  const show = (trace: CollectedTrace): string =>
    `${recount} show ${trace.trace_id.slice(0, 8)} ${file}`
  story.command(show(first), 'the trace of above')
  story.command(`${show(unread)} --full`, 'what the model said that nobody could parse')
  const message_id = answers.get('stream')?.message_id ?? ''
  story.command(`${recount} show ${quoted(message_id)} ${file}`, 'a trace by the id of its answer')
  story.command(
    `${recount} analyze ${file} --by model,prompt`,
    'numbers by model and prompt version',
  )
  story.command(`${recount} analyze ${file} --fail-on 'error_rate > 1%'`, 'a bound: exit code 1')
  story.command(`${recount} check ${all}`, 'every line against the format')
  const audit = quoted(nearPath(auditFolder(folder)))
  const anchor = quoted(nearPath(anchorFile(folder)))
  story.command(`${recount} audit verify ${audit} --anchor ${anchor}`, 'the audit log, once more')
}
