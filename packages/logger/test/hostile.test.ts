import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../src/create-logger.ts'
import { recorder } from '../src/testing.ts'
import { assertValid } from './helpers.ts'
import { filled, HOSTILE } from './hostile-values.ts'
import { takeWarnings } from './quiet-warnings.ts'

const warnings = takeWarnings()

/** A method around a callback, called with anything. */
type Around = (log: Logger, options: never, fn: () => unknown) => unknown

const AROUND: Readonly<Record<string, Around>> = {
  llm: (log, options, fn) => log.llm(options, fn),
  tool: (log, options, fn) => log.tool(options, fn),
  retrieval: (log, options, fn) => log.retrieval(options, fn),
  trace: (log, options, fn) => log.trace('ask', options, fn),
  'trace by name': (log, options, fn) => log.trace(options, fn),
  step: (log, options, fn) => log.step('part', options, fn),
  'step by name': (log, options, fn) => log.step(options, fn),
  wrap: (log, options, fn) => log.wrap(fn, options)(),
  openTrace: (log, options, fn) => log.openTrace('ask', options).run(fn),
  'openTrace by name': (log, options, fn) => log.openTrace(options).run(fn),
  start: (log, options, fn) => log.start(options).run(fn),
}

/** Methods that only say something. */
const SAYING: Readonly<Record<string, (log: Logger, value: never) => void>> = {
  finalResponse: (log, value) => log.finalResponse(value),
  userAction: (log, value) => log.userAction(value),
  evaluation: (log, value) => log.evaluation(value),
  captures: (log, value) => void log.captures(value),
  'end of a model call': (log, value) =>
    log.start({ event: 'llm_call', provider: 'a', model: 'm' }).end(value),
  'set of a model call': (log, value) =>
    log.start({ event: 'llm_call', provider: 'a', model: 'm' }).set(value),
  'fail of a model call': (log, value) =>
    log.start({ event: 'llm_call', provider: 'a', model: 'm' }).fail(value, value),
  'end of a tool call': (log, value) => log.start({ event: 'tool_call', tool: 't' }).end(value),
  'fail of a tool call': (log, value) => log.start({ event: 'tool_call', tool: 't' }).fail(value),
  'annotate of a trace': (log, value) => log.openTrace('ask').annotate(value),
  'end of a trace': (log, value) => log.openTrace('ask').end(value, value),
  'argument of a wrapped function': (log, value) =>
    log.wrap((_: unknown) => 1, { provider: 'a', model: 'm' })(value),
}

/** These mean nothing without what they are about: it is lost, and said. */
const MAY_BE_LOST = ['userAction', 'evaluation', 'captures']

/** Runs a piece of the test; it makes lines, which are valid, or the loss was warned of. */
async function recorded(name: string, piece: (log: Logger) => void): Promise<void> {
  const { logger, lines } = recorder({ contentBudget: 1024 })
  piece(logger)
  assertValid(lines)
  if (!MAY_BE_LOST.includes(name)) assert.ok(lines.length > 0, `${name}: no line`)
  else if (lines.length === 0 && name !== 'captures') {
    await settled()
    assert.ok(lossesSaid() > 0, `${name}: no line, no warning`)
  }
}

function lossesSaid(): number {
  return warnings.filter(({ code }) => code === 'LOGGER_RECORDING_FAILED').length
}

/** Runs it and says what came out: the value or the error itself. */
function outcome(fn: () => unknown): { value: unknown } | { error: unknown } {
  try {
    return { value: fn() }
  } catch (error) {
    return { error }
  }
}

for (const [kind, make] of Object.entries(HOSTILE)) {
  test(`options that are ${kind}, or have it in every field, neither stop nor repeat the callback`, async () => {
    for (const options of [make(), filled(make()), Object.freeze(filled(make()))]) {
      for (const [name, around] of Object.entries(AROUND)) {
        await recorded(name, (log) => {
          let runs = 0
          const result = {}
          const out = outcome(() =>
            around(log, options as never, () => {
              runs += 1
              return result
            }),
          )
          assert.deepEqual([runs, 'value' in out && out.value === result], [1, true], name)
        })
      }
    }
  })

  test(`a result that is ${kind} comes out as itself`, async () => {
    const value = make()
    for (const [name, around] of Object.entries(AROUND)) {
      await recorded(name, (log) => {
        const out = outcome(() => around(log, {} as never, () => value))
        assert.ok('value' in out && Object.is(out.value, value), name)
      })
    }
  })

  test(`what is thrown comes out as itself: ${kind}`, async () => {
    const thrown = make()
    for (const [name, around] of Object.entries(AROUND)) {
      await recorded(name, (log) => {
        const out = outcome(() =>
          around(log, {} as never, () => {
            throw thrown
          }),
        )
        assert.ok('error' in out && Object.is(out.error, thrown), name)
      })
    }
  })

  test(`what a promise is rejected with comes out as itself: ${kind}`, async () => {
    const reason = make()
    const rejecting = (): Promise<never> => new Promise((_, reject) => reject(reason))
    for (const [name, around] of Object.entries(AROUND)) {
      const { logger, lines } = recorder({ contentBudget: 1024 })
      const seen: unknown[] = []
      await Promise.resolve(around(logger, {} as never, rejecting)).then(
        () => assert.fail('resolved'),
        (error: unknown) => void seen.push(error),
      )
      assert.ok(seen.length === 1 && Object.is(seen[0], reason), name)
      assertValid(lines)
    }
  })

  test(`methods that only say something take ${kind} without a throw`, async () => {
    for (const value of [make(), filled(make())]) {
      for (const [name, say] of Object.entries(SAYING)) {
        await recorded(name, (log) => say(log, value as never))
      }
    }
  })

  test(`validate takes ${kind} and gives a verdict`, async () => {
    for (const options of [
      make(),
      filled(make()),
      { rules: make() },
      { rules: { rule: make() } },
    ]) {
      await recorded('validate', (log) => {
        const { passed } = log.validate(make(), options as never)
        assert.equal(typeof passed, 'boolean')
      })
    }
  })
}

/** Warnings are told on the next tick. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('the same loss is warned of once, not each time', async () => {
  const { logger, lines } = recorder()
  const before = lossesSaid()
  for (let time = 0; time < 5; time++)
    logger.evaluation({ name: 'x', evaluator: 'nobody' } as never)
  await settled()
  assert.equal(lines.length, 0)
  assert.ok(lossesSaid() - before <= 1)
  const said = warnings.map(({ message }) => message)
  assert.equal(said.filter((message) => message.endsWith('valid `evaluator`')).length, 1)
})
