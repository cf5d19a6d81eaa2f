// Runs a program in the foreground and ends as it ended.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from './setup.mjs'

/** Runs Node with the given arguments at the root; this process ends with the same code. */
export function runNode(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  // Ctrl-C reaches the whole group: the child decides when it is done, this process only waits.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
