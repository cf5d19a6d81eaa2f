import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ANSWERS, SYSCALLS, surviveFault } from './faults.ts'
import { folder } from './log-setup.ts'
import { needsStrace } from './strace.ts'

/** Which call of a kind gets the answer; `faults.long.ts` tries all. */
const OCCURRENCES = [1, 4, 9]

for (const syscall of SYSCALLS) {
  test(
    `whatever ${syscall} answers, what was acknowledged is there after the next start`,
    needsStrace,
    async (t) => {
      const path = folder(t)
      const injected = new Map<string, number[]>()
      for (const what of ANSWERS) {
        for (const when of OCCURRENCES) {
          const run = join(path, `${what}-${when}`)
          mkdirSync(run)
          const said = await surviveFault(run, { syscall, what, when: String(when) })
          if (said !== undefined) injected.set(what, [...(injected.get(what) ?? []), when])
        }
      }
      // What comes before a call does not depend on its answer.
      const [first] = ANSWERS
      assert.ok(injected.has(first), 'no fault was injected')
      for (const what of ANSWERS) assert.deepEqual(injected.get(what), injected.get(first), what)
    },
  )
}

test(
  'a disk that fails for good refuses every append and loses nothing before',
  needsStrace,
  async (t) => {
    const run = join(folder(t), 'run')
    mkdirSync(run)
    const said = await surviveFault(run, { syscall: 'fdatasync', what: 'error=EIO', when: '3+' })
    assert.ok((said?.done.size ?? 0) > 0)
    assert.ok((said?.failed.size ?? 0) > 0)
    assert.deepEqual([...new Set(said?.failed.values())], ['AUDIT_WRITE_FAILED'])
  },
)

test(
  'a disk that does not answer refuses in time, and the process does not hang',
  needsStrace,
  async (t) => {
    const run = join(folder(t), 'run')
    mkdirSync(run)
    const said = await surviveFault(run, {
      syscall: 'fdatasync',
      what: 'delay_enter=3s',
      when: '3',
    })
    assert.deepEqual([...(said?.failed.values() ?? [])], ['AUDIT_TIMEOUT'])
  },
)

test(
  'after one failed sync the entries go to a new segment, and the old one is cut to what was acknowledged',
  needsStrace,
  async (t) => {
    const run = join(folder(t), 'run')
    mkdirSync(run)
    const said = await surviveFault(run, { syscall: 'fdatasync', what: 'error=EIO', when: '3' })
    assert.equal(said?.failed.size, 0)
    assert.equal(said?.done.size, 8)
  },
)
