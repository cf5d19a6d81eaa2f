import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ANSWERS, SYSCALLS, surviveFault } from './faults.ts'
import { folder } from './log-setup.ts'
import { needsStrace } from './strace.ts'

const MOST = 60

for (const syscall of SYSCALLS) {
  test(`every call of ${syscall} may answer anything`, needsStrace, async (t) => {
    const path = folder(t)
    for (const what of ANSWERS) {
      let when = 1
      for (; when <= MOST; when++) {
        const run = join(path, `${what}-${when}`)
        mkdirSync(run)
        if ((await surviveFault(run, { syscall, what, when: String(when) })) === undefined) break
      }
      assert.ok(when > 1, `${what} was never injected`)
    }
  })
}
