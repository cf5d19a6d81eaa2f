import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captureFetch, createDebug, instrument, labelCalls, otel } from '@recount/capture'
import OpenAI from 'openai'

const PARTS = /`content` to be true, false or a list of 'system', 'input'.*got `(?:yes|inptu)`/

function refuses(make: () => unknown, message: RegExp): void {
  assert.throws(make, { code: 'CAPTURE_OPTION_INVALID', message })
}

test('an option that there is not, and a `content` that asks for nothing there is, are refused in words', () => {
  const client = new OpenAI({ apiKey: 'none' })
  const ways: ((options: object) => unknown)[] = [
    captureFetch,
    (options) => instrument(client, options),
    createDebug,
  ]
  for (const make of ways) {
    refuses(() => make({ conten: true }), /among .*`content`.*got `conten`/)
    for (const content of ['yes', ['output', 'inptu']]) refuses(() => make({ content }), PARTS)
    for (const content of [true, false, [], ['input', 'output']]) make({ content })
  }
  refuses(() => labelCalls({ content: 'yes' as never }, () => {}), PARTS)
})

test('`otel` takes one option, and names it', () => {
  refuses(() => otel({ contents: false } as object), /among `content`, got `contents`/)
  refuses(() => otel({ content: 'yes' as never }), /`content` to be true or false, got `yes`/)
  refuses(() => otel(null as never), /`options` to be an object/)
})

test('`createDebug` names all of its options', () => {
  refuses(
    () => createDebug({ worflows: {} } as object),
    /among `client`, `enabled`, `workflows`, `logger`.*got `worflows`/,
  )
  refuses(() => createDebug('x' as never), /`options` to be an object/)
})

test('`callLlm` without options, messages or a job is refused in words', async () => {
  const debug = createDebug({ client: () => 'Milk.' })
  const wrong: [unknown, unknown, unknown, RegExp][] = [
    [{}, [], undefined, /`options` to be an object with the `model`, got undefined/],
    [{}, 'Hi', { model: 'm' }, /`messages` to be a list, got string/],
    [undefined, [], { model: 'm' }, /`job` to be an object, got undefined/],
  ]
  for (const [job, messages, options, message] of wrong)
    await assert.rejects(debug.callLlm(job as never, messages as never, options as never), {
      code: 'CAPTURE_OPTION_INVALID',
      message,
    })
})
