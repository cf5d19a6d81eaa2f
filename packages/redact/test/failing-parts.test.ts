import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor, type RedactorOptions } from '../src/index.ts'

const SECRET = 'ada.lovelace@example.org'
const CODE = 'REDACT_FAILED'

/** Quotes what it was given, as parts do. */
function fail(text = SECRET): never {
  const error = new TypeError(`cannot read ${text}`)
  error.name = text
  throw Object.assign(error, { code: text })
}

const badKey = { current: () => fail(), byId: () => undefined }
const PARTS: Readonly<Record<string, RedactorOptions>> = {
  'the detector of thrower threw TypeError': { detectors: [{ type: 'thrower', find: fail }] },
  'the detector of odd threw what is no error': {
    detectors: [
      {
        type: 'odd',
        find(text) {
          throw text
        },
      },
    ],
  },
  'the detector of lister threw TypeError': {
    detectors: [{ type: 'lister', find: () => [null as never] }],
  },
  'the key provider threw TypeError': { treat: { email: 'hash' }, key: badKey },
  'the vault threw TypeError': {
    treat: { email: 'tokenize' },
    vault: { tokenize: fail, detokenize: async () => fail() },
  },
}

for (const [message, options] of Object.entries(PARTS)) {
  test(`a warning says which part failed and not what it said, once: ${message}`, async () => {
    const warnings = await warned(async () => {
      const redact = createRedactor(options)
      for (const text of [SECRET, `1 ${SECRET}`, `2 ${SECRET}`]) {
        assert.equal(redact(text).value, '[REDACTED:redactor-failed]')
        assert.equal((await redact.async(text)).value, '[REDACTED:redactor-failed]')
      }
    })
    assert.deepEqual(warnings, [
      `A value was withheld because it could not be redacted: ${message}`,
    ])
  })
}

test('a key provider that fails after its first answer withholds and throws nothing', () => {
  let asked = 0
  const current = () => {
    asked++
    return asked === 1 ? { id: '00000000', bytes: Buffer.alloc(32) } : fail()
  }
  const redact = createRedactor({
    treat: { email: 'hash' },
    key: { current, byId: () => undefined },
  })
  const { value, key_id } = redact(SECRET)
  assert.equal(value, '[REDACTED:redactor-failed]')
  assert.equal(key_id, undefined)
})

async function warned(run: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = []
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === CODE) warnings.push(warning.message)
  }
  process.on('warning', listen)
  await run()
  // Warnings are emitted on the next tick.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  return warnings
}
