import assert from 'node:assert/strict'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AuditOptions, openAudit, type Signer } from '../src/index.ts'
import { readOrMakeKeyFile } from '../src/key-file.ts'
import { changeableLog, surviveKill, survivesCrash } from './change-crashes.ts'
import { event, folder, ORIGIN } from './log-setup.ts'
import { needsStrace } from './strace.ts'

// What a log does that cannot be undone it says before, and signs that before it does it.

test('a log as it is at the moment of any signature never looks like tampering, nor does what the next writer makes of it', async (t) => {
  const path = folder(t)
  const options = await changeableLog(path)
  const shots = folder(t)
  let taken = 0
  const watched = async (file: string): Promise<Signer> => {
    const { key, sign } = await readOrMakeKeyFile(file, ORIGIN)
    return {
      key,
      sign: (bytes) => {
        cpSync(path, join(shots, String(taken++)), { recursive: true })
        return sign(bytes)
      },
    }
  }
  const newKey = join(path, 'new.key')
  const audit = await openAudit({
    ...options,
    key: await watched(options.key as string),
    contentKey: `${options.key}.content`,
  })
  await audit.append(event(100))
  await audit.erase({ subject: 's1', reason: 'asked' })
  const { hold } = await audit.hold({ subject: 's0', reason: 'Case 12' })
  await audit.releaseHold({ hold, reason: 'closed' })
  await audit.recordStreams()
  const pruned = await audit.prune({ before: new Date(), reason: 'expired' })
  assert.ok(pruned.length > 0)
  const old = audit.publicKey
  const { size } = await audit.rotateKey({ key: await watched(newKey) })
  await audit.revokeKey({ key: old, trustedSize: size, reason: 'stolen' })
  await audit.close()
  assert.ok(taken > 8, `${taken} signatures`)
  for (let shot = 0; shot < taken; shot += 1) {
    const at = join(shots, String(shot))
    const shown: AuditOptions = { ...options, dir: join(at, 'audit'), key: join(at, 'audit.key') }
    const content = join(at, 'audit.key.content')
    await survivesCrash({ ...shown, contentKey: content }, join(at, 'new.key'))
  }
})

// While content goes, between its folder and its key, while entries expire; `change-crashes.long.ts` tries every call.
for (const [syscall, when] of [
  ['unlink', 2],
  ['rmdir', 1],
  ['unlink', 5],
] as const)
  test(
    `a log whose writer is killed at ${syscall} ${when} is whole, and the next one ends what was begun`,
    needsStrace,
    async (t) => {
      const template = folder(t)
      await changeableLog(template)
      const path = join(folder(t), 'run')
      mkdirSync(path)
      const fault = { syscall, what: 'signal=KILL', when: String(when) }
      assert.ok(await surviveKill(path, template, fault), 'it was not killed')
    },
  )
