import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signNote } from '../src/signed-note.ts'
import { testSigner } from './log-builder.ts'
import { note, type TamperCase } from './tamper-log.ts'

/** Checkpoints, keys and times that do not fit. */
export const SIGNATURE_CASES: readonly TamperCase[] = [
  {
    threat: 'T20',
    what: 'the signature is gone',
    tamper: (log) => note(log, (text) => text.slice(0, text.indexOf('— '))),
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'the signature is of an unknown key',
    tamper: async (log) => {
      const signed = await log.note([testSigner(log.origin, 8)])
      note(log, () => signed)
    },
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'all checkpoints are gone',
    tamper: (log) => {
      rmSync(join(log.dir, 'checkpoint'))
      rmSync(join(log.dir, 'checkpoints'), { recursive: true })
    },
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'the newest checkpoint is gone',
    tamper: (log) => rmSync(join(log.dir, 'checkpoint')),
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'a signature is changed',
    tamper: (log) =>
      note(log, (text) =>
        text.replace(/(.)....\n$/, (_, letter: string) => `${letter === 'A' ? 'B' : 'A'}AAA=\n`),
      ),
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'a kept checkpoint has the name of another size',
    tamper: (log) => writeFileSync(log.notePath(21), readFileSync(log.notePath(13))),
    finds: 'SIGNATURE',
  },
  {
    threat: 'T20',
    what: 'a kept checkpoint of another log is put in',
    tamper: async (log) =>
      writeFileSync(
        log.notePath(13),
        await signNote(`other\n13\n${createHash('sha256').update('x').digest('base64')}\n`, [
          log.signer,
        ]),
      ),
    finds: 'KEY',
  },
  {
    threat: 'T21',
    what: 'an old checkpoint is signed anew by a later key',
    tamper: async (log) => {
      log.rotate().open().rotateKey(2).entries(2)
      await log.checkpoint([testSigner(log.origin, 1), log.signer])
      const text = readFileSync(log.notePath(13), 'utf8')
      writeFileSync(
        log.notePath(13),
        await signNote(text.slice(0, text.indexOf('\n\n') + 1), [log.signer]),
      )
    },
    finds: 'KEY',
  },
  {
    threat: 'T21',
    what: 'a key takes over that the old one has not signed for',
    tamper: async (log) => {
      log.rotate().open().rotateKey(2).entries(2)
      await log.checkpoint()
    },
    finds: 'KEY',
  },
  {
    threat: 'T21',
    what: 'a key signs on after another took over',
    tamper: async (log) => {
      const old = log.signer
      log.rotate().open().rotateKey(2).entries(2)
      await log.checkpoint([old, log.signer])
      log.entries(2)
      await log.checkpoint([old])
    },
    finds: 'KEY',
  },
  {
    threat: 'T21',
    what: 'a revoked key signs the newest checkpoint',
    tamper: async (log) => {
      const old = log.signer
      log
        .rotate()
        .open()
        .own('audit.key_revoke', { key: old.key.vkey, trusted_size: 13 })
        .entries(2)
      await log.checkpoint([old])
    },
    finds: 'KEY',
  },
  {
    threat: 'T22',
    what: 'a key with the id of another lies beside the log',
    tamper: (log) => {
      const [name, id] = log.vkey.split('+')
      writeFileSync(
        join(log.dir, 'public.vkey'),
        `${name}+${id}+${testSigner(log.origin, 9).key.vkey.split('+').slice(2).join('+')}\n`,
      )
    },
    finds: 'KEY',
    key: 'self',
  },
  {
    threat: 'T22',
    what: "a signature claims the known key's name and id",
    tamper: async (log) => {
      const forged = await log.note([testSigner(log.origin, 9)])
      const bytes = Buffer.from(forged.split(' ').at(-1) ?? '', 'base64')
      bytes.write(log.signer.key.id, 0, 'hex')
      note(
        log,
        () =>
          `${forged.slice(0, forged.indexOf('— '))}— ${log.origin} ${bytes.toString('base64')}\n`,
      )
    },
    finds: 'SIGNATURE',
  },
  {
    threat: 'T23',
    what: 'an entry is earlier than the one before it, by a writer with the key',
    tamper: async (log) => {
      log.rotate().open()
      log.clock -= 3_600_000
      log.entries(1).close()
      await log.checkpoint()
    },
    finds: 'CLOCK',
    seq: 33,
  },
]
