import { CliError, codeOf, EXIT, exitCodeOf } from './errors.ts'
import { plainLine, plainLines } from './plain-text.ts'
import { runCommand } from './program.ts'
import { processTerminal } from './terminal.ts'

// A reader that has seen enough (`| head -1`) is no error, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done)
    if (stream === process.stdout)
      report(new CliError('CLI_OUTPUT_FAILED', `Could not write to stdout: ${error.message}`))
    process.exit(EXIT.failed)
  })
}
// A command that listens itself has something to say first; a second Ctrl-C ends it at once.
process.once('SIGINT', () => {
  if (process.listenerCount('SIGINT') === 0) process.exit(EXIT.interrupted)
})

runCommand(process.argv.slice(2), processTerminal()).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    report(error)
    process.exitCode = exitCodeOf(error)
  },
)

/** What libraries say of their own options, in those of the command. */
const MESSAGES: Readonly<Record<string, string>> = {
  STORE_TENANT_REQUIRED:
    'The store holds records of several tenants: say whose are meant with --tenant ID, or --all-tenants',
}

/** One line a person can act on; the stack is for whoever works on Recount. */
function report(error: unknown): void {
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : String(error)
  const message = MESSAGES[code ?? ''] ?? said
  const suffix = code === undefined || message.includes(code) ? '' : ` (${code})`
  process.stderr.write(`recount: ${plainLine(message)}${suffix}\n`)
  if (process.env.RECOUNT_DEBUG_STACK && error instanceof Error)
    process.stderr.write(`${plainLines(error.stack ?? '').join('\n')}\n`)
}
