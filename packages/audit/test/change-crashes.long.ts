import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { changeableLog, surviveKill } from './change-crashes.ts'
import { folder } from './log-setup.ts'
import { needsStrace } from './strace.ts'

const MOST = 80

for (const syscall of ['fdatasync', 'fsync', 'rename', 'unlink', 'rmdir', 'pwrite64'])
  test(
    `a log whose writer is killed at any ${syscall} never looks like tampering`,
    needsStrace,
    async (t) => {
      const template = folder(t)
      await changeableLog(template)
      let killed = 0
      for (let when = 1; when <= MOST; when += 1) {
        const path = join(folder(t), 'run')
        mkdirSync(path)
        const fault = { syscall, what: 'signal=KILL', when: String(when) }
        if (!(await surviveKill(path, template, fault))) break
        killed += 1
      }
      assert.ok(killed > 0, 'it was never killed')
    },
  )
