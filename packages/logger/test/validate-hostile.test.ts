import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StandardSchema } from '../src/validate.ts'
import { validRecorder } from './helpers.ts'
import { HOSTILE } from './hostile-values.ts'

const standard = (verdict: unknown): StandardSchema<unknown> => ({
  '~standard': { validate: () => verdict },
})

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** Verdicts that hold a hostile value somewhere, or are one. */
const PLACES: Readonly<Record<string, (value: unknown) => unknown>> = {
  'the verdict': (value) => value,
  issues: (value) => ({ issues: value }),
  'an issue': (value) => ({ issues: [value] }),
  'a path': (value) => ({ issues: [{ message: 'bad', path: value }] }),
  'a path segment': (value) => ({ issues: [{ message: 'bad', path: [value] }] }),
  'the key of a path segment': (value) => ({
    issues: [{ message: 'bad', path: [{ key: value }] }],
  }),
  'a message': (value) => ({ issues: [{ message: value, code: value }] }),
  errors: (value) => ({ valid: false, errors: value }),
  'an error': (value) => ({ valid: false, errors: [value] }),
  'the path of an error': (value) => ({ valid: false, errors: [{ path: [value], message: 'x' }] }),
}
for (const [place, verdictOf] of Object.entries(PLACES)) {
  test(`validate does not throw whatever stands in ${place}`, (t) => {
    const { logger, records } = validRecorder(t)
    for (const [kind, make] of Object.entries(HOSTILE)) {
      for (const schema of [standard(verdictOf(make())), () => verdictOf(make())]) {
        const { passed } = logger.validate({ a: 1 }, { schema })
        assert.equal(typeof passed, 'boolean', kind)
      }
    }
    assert.ok(records('validation').length > 0)
  })
}

test('a verdict that cannot be read has not passed', (t) => {
  const { logger } = validRecorder(t)
  for (const verdict of [revoked({}), revoked([]), { issues: revoked([]) }, { issues: 'many' }]) {
    assert.equal(logger.validate(1, { schema: standard(verdict) }).passed, false)
    assert.equal(logger.validate(1, { schema: () => verdict }).passed, false)
  }
})

test('a path of anything is a JSON Pointer', (t) => {
  const { logger, records } = validRecorder(t)
  const path = ['a', 0, { key: 'b' }, { key: Object.create(null) }, Object.create(null), 'c/d~e']
  logger.validate(1, { schema: standard({ issues: [{ message: 'bad', path }] }) })
  assert.equal(records('validation')[0]?.path, '/a/0/b/?/?/c~1d~0e')
})
