import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { addAnalyze } from './analyze-command.ts'
import { addAudit } from './audit-program.ts'
import { collect, examples, files, type Run, trace, wholeNumber } from './command-parts.ts'
import type { CheckOptions } from './commands/check.ts'
import type { DemoOptions } from './commands/demo.ts'
import type { PolicyCheckOptions, PolicyExplainOptions } from './commands/policy.ts'
import type { RedactCommandOptions } from './commands/redact.ts'
import type { ShowOptions } from './commands/show.ts'
import { addDiff } from './diff-command.ts'
import { addDiagnose, addExplain } from './error-verbs.ts'
import { CliError, type CliErrorCode, EXIT } from './errors.ts'
import { addEvals, addScore } from './evals-verbs.ts'
import { addKeeping } from './keeping-verbs.ts'
import { plainLine } from './plain-text.ts'
import { addReprice } from './reprice-command.ts'
import { addShip } from './s3-program.ts'
import { addStore } from './store-migrate-command.ts'
import { addFinding, withKeys, withStore } from './store-verbs.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line (without program and script) and resolves with its exit code. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done
  const run = async (command: Promise<number>): Promise<void> => {
    code = await command
  }
  const program = createProgram(run, terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Help and version come as errors too, with exit code 0; what was wrong has been written already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    throw error
  }
}

function createProgram(run: Run, terminal: Terminal): Command {
  const program = new Command('recount')
    .description('The flight recorder for LLM applications: reads what was recorded.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.note(text),
      outputError: (text, write) => write(`recount: ${usageError(text)}\n`),
    })
    .exitOverride()
    .addHelpText('after', HELP_AFTER)
  addAnalyze(program, run, terminal)
  addAudit(program, run, terminal)
  addCheck(program, run, terminal)
  addFinding(program, run, terminal)
  addShow(program, run, terminal)
  addExplain(program, run, terminal)
  addDiff(program, run, terminal)
  addEvals(program, run, terminal)
  addScore(program, run, terminal)
  addDiagnose(program, run, terminal)
  addRedact(program, run, terminal)
  addPolicy(program, run, terminal)
  addReprice(program, run, terminal)
  addShip(program, run, terminal)
  addKeeping(program, run, terminal)
  addStore(program, run, terminal)
  addDemo(program, run, terminal)
  addPlanned(program)
  return program
}

function addCheck(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('check')
    .summary('validate every line against the record format, or search for leaks')
    .description(
      'Checks every line of ours against the record format; other lines are counted. With --leaks it searches every line for texts that must not be there, and the content files beside the named ones, too.',
    )
    .addArgument(files())
    .option('--json', 'findings as JSON Lines; the summary, as JSON, goes to stderr')
    .option('--max-findings <n>', 'print so many findings; all are counted', wholeNumber, 100)
    .option(
      '--leaks <canary>',
      'search for this text of at least 6 characters: clear, escaped, in base64, hex, a URL or a form; can be repeated',
      collect,
    )
    .addHelpText('after', examples(CHECK_EXAMPLES))
    .action((patterns: string[], options: CheckOptions & { leaks?: string[] }) => {
      const { leaks, ...rest } = options
      return run(
        leaks === undefined
          ? import('./commands/check.ts').then((module) =>
              module.checkFiles(patterns, rest, terminal),
            )
          : import('./commands/check-leaks.ts').then((module) =>
              module.checkLeaks(patterns, { ...rest, leaks }, terminal),
            ),
      )
    })
}

function addShow(program: Command, run: Run, terminal: Terminal): void {
  withKeys(
    withStore(
      program
        .command('show')
        .summary('print the tree of one trace')
        .description(
          'Prints what happened in one trace, as a tree with times, tokens and verdicts.',
        )
        .addArgument(trace())
        .addArgument(files()),
    ),
  )
    .option('--full', 'print all content, not only its first words')
    .option('--json', 'print the tree as JSON')
    .addHelpText('after', examples(SHOW_EXAMPLES))
    .action((trace: string | undefined, patterns: string[], options: ShowOptions) =>
      run(
        import('./commands/show.ts').then((module) =>
          module.showTrace(trace, patterns, options, terminal),
        ),
      ),
    )
}

function addPolicy(program: Command, run: Run, terminal: Terminal): void {
  const policy = program
    .command('policy')
    .summary('check a policy, or explain what it decides')
    .description('Checks a policy file, or explains which rule decides about a record and why.')
    .addHelpText('after', examples(POLICY_EXAMPLES))
  policy
    .command('check')
    .description('Names what is wrong with a policy file by rule and key; 1 when it is not valid.')
    .argument('<file>', 'the policy')
    .option('--json', 'print the findings as JSON')
    .action((file: string, options: PolicyCheckOptions) =>
      run(
        import('./commands/policy.ts').then((module) => module.checkFile(file, options, terminal)),
      ),
    )
  policy
    .command('explain')
    .description('Says which rule decides about each record of a file, and why.')
    .argument('<file>', 'the policy')
    .requiredOption('--event <file>', 'records as JSON Lines, or one as JSON; - for stdin')
    .option('--at <moment>', 'as if it were then (ISO date), for rules with until')
    .option('--json', 'print explanations as JSON Lines')
    .action((file: string, options: PolicyExplainOptions) =>
      run(
        import('./commands/policy.ts').then((module) =>
          module.explainFile(file, options, terminal),
        ),
      ),
    )
}

function addRedact(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('redact')
    .summary('mask personal data and secrets in a text')
    .description(
      'Masks personal data and secrets in a text that is read from a file or from stdin.',
    )
    .argument('[file]', 'path or pattern, - for stdin; .gz is read too', '-')
    .option('--json', 'lines {text} in, lines {text, findings} out')
    .addHelpText('after', examples(REDACT_EXAMPLES))
    .action((file: string, options: RedactCommandOptions) =>
      run(
        import('./commands/redact.ts').then((module) => module.redactFile(file, options, terminal)),
      ),
    )
}

function addDemo(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('demo')
    .summary('record a small assistant and look at what was recorded')
    .description(
      'Records a small support assistant that runs against a scripted provider on this machine, and explains what was recorded.',
    )
    .option('--dir <dir>', 'a new or empty folder for what is recorded (default: a temporary one)')
    .addOption(new Option('--open').hideHelp())
    .addHelpText('after', examples(DEMO_EXAMPLES))
    .action((options: DemoOptions) =>
      run(import('./commands/demo.ts').then((module) => module.runDemo(options, terminal))),
    )
}

/** Commands of later versions, so that nobody is told that they do not exist at all. */
const PLANNED = ['batches', 'pretty', 'prompts', 'replay', 'view']

function addPlanned(program: Command): void {
  for (const name of PLANNED) {
    program
      .command(name, { hidden: true })
      .argument('[arguments...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new CliError(
          'CLI_NOT_AVAILABLE',
          `\`${name}\` is not in this version yet; see recount --help`,
        )
      })
  }
}

/** What commander says about a wrong command line, in one line and with a code as other errors have. */
function usageError(text: string): string {
  const message = text.trim().replace(/^error: /, '')
  const suggested = message.replace(/\n\((Did you mean .*\?)\)$/, '. $1')
  const code: CliErrorCode = 'CLI_USAGE_INVALID'
  return `${plainLine(suggested)} (${code})`
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

const CHECK_EXAMPLES = [
  'recount check logs/app.jsonl',
  "recount check 'logs/**/*' conversations/*.json --leaks 'a secret that was in a prompt'",
  "recount check 'logs/**/*.jsonl*' --json | jq -r .rule | sort | uniq -c",
]
const SHOW_EXAMPLES = [
  'recount show 4bf92f35 logs/app.jsonl',
  'recount show message-17 --full',
  'recount show logs/app.jsonl                 the last trace in it',
  'recount show 4bf92f35 --json | jq .roots',
]
const POLICY_EXAMPLES = [
  'recount policy check recount.policy.json',
  'recount policy explain recount.policy.json --event call.json',
  'tail -1 logs/app.jsonl | recount policy explain recount.policy.json --event -',
]
const REDACT_EXAMPLES = [
  'recount redact ticket.txt',
  'pbpaste | recount redact',
  'recount redact --json < texts.jsonl | jq .findings',
]
const DEMO_EXAMPLES = ['recount demo', 'recount demo --dir ./recount-demo']

const HELP_AFTER = `
Examples:
  recount demo                                see what it does
  recount analyze logs/app.jsonl              numbers
  recount show 4bf92f35 logs/app.jsonl        one trace
  recount logs -q 'a phrase' logs/app.jsonl   the calls that have it
  recount check 'logs/**/*.jsonl*'            are all lines valid?

Exit codes: 0 done; 1 the answer is no; 2 wrong usage; 3 could not finish; 130 interrupted.
Data goes to stdout, everything else to stderr. NO_COLOR and FORCE_COLOR are honoured.
`
