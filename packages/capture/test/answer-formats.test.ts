import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { captureFetch } from '../src/index.ts'
import { onlyCall, outputText } from './calls.ts'
import { ASK, chatStream, completion, DONE, delta } from './chat-wire.ts'
import { readAll, scene } from './scene.ts'

const STREAM = chatStream('I am ', 'a model').join('')
const LINES = [delta({ content: 'I am ' }), delta({ content: 'a model' }), delta({}, 'stop')]
  .map((event) => event.slice('data: '.length, -1))
  .join('')
const WHOLE = JSON.stringify(completion('I am a model'))
const PRETTY = JSON.stringify(completion('I am a model'), null, 2)

const TYPES = [
  undefined,
  'application/json',
  'application/json; charset=utf-8',
  'text/event-stream',
  'text/event-stream;charset=UTF-8',
  'application/x-ndjson',
  'text/plain',
  'application/octet-stream',
]
const BODIES: Readonly<Record<string, string>> = {
  events: STREAM,
  'events behind a comment': `: hello\n\n${STREAM}`,
  'events behind white space': `\n\n${STREAM}`,
  'events with CRLF': STREAM.replaceAll('\n', '\r\n'),
  'events behind a mark': `\uFEFF${STREAM}`,
  'lines of JSON': LINES,
  'one JSON value': WHOLE,
  'one JSON value behind a mark': `\uFEFF${WHOLE}`,
}

for (const type of TYPES)
  for (const [name, body] of Object.entries(BODIES))
    test(`${name} that are called ${type ?? 'nothing'} are read for what they are`, async (t) => {
      const { ask, recorded } = await scene(t, (_, response) => {
        response.writeHead(200, type === undefined ? {} : { 'content-type': type })
        for (let at = 0; at < body.length; at += 100) response.write(body.slice(at, at + 100))
        response.end()
      })
      await readAll(await ask())
      const call = onlyCall(recorded)
      assert.deepEqual([call.status, outputText(recorded, call)], ['ok', 'I am a model'])
    })

for (const type of ['application/json', 'text/event-stream', 'text/plain', undefined])
  test(`a whole answer of several lines that is called ${type ?? 'nothing'} is one JSON value`, async (t) => {
    const { ask, recorded } = await scene(t, (_, response) => {
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(PRETTY)
    })
    await readAll(await ask({ body: JSON.stringify(ASK) }))
    const call = onlyCall(recorded)
    assert.deepEqual([call.status, outputText(recorded, call)], ['ok', 'I am a model'])
  })

test('an error of several lines in the place of a stream is an error', async (t) => {
  const error = { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded' }
  for (const type of ['application/json', 'text/event-stream']) {
    const { ask, recorded } = await scene(t, (_, response) => {
      response.writeHead(200, { 'content-type': type }).end(JSON.stringify({ error }, null, 2))
    })
    await readAll(await ask())
    assert.deepEqual(
      [onlyCall(recorded).status, onlyCall(recorded).error?.message],
      ['error', 'Slow down'],
    )
  }
})

test('events that are called JSON, and cut, are partial', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(delta({ content: 'Half' }))
  })
  await readAll(await ask())
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, outputText(recorded, call)], ['partial', 'Half'])
})

test('lines of JSON that are called JSON, and cut, are not whole', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(LINES.slice(0, LINES.length / 2))
  })
  await readAll(await ask())
  const call = onlyCall(recorded)
  assert.deepEqual([call.error?.type, outputText(recorded, call)], ['AnswerCut', 'I am '])
})

test('a plain text that begins like JSON is a text', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('{laughs} Hello')
  })
  await readAll(await ask({ body: JSON.stringify(ASK) }))
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('a transcript that is asked for as a bare text is that text, however it begins', async (t) => {
  for (const said of [' Indeed. Data: 42 {x}', '1\n00:00 --> 00:02\nDear all', '{ "a":']) {
    const { server, recorded } = await scene(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' }).end(said)
    })
    const body = new FormData()
    body.set('model', 'whisper-1')
    body.set('file', new Blob(['sound']), 'a.mp3')
    const fetch = captureFetch({ logger: recorded.logger, provider: 'openai' })
    await readAll(await fetch(`${server.url}/v1/audio/transcriptions`, { method: 'POST', body }))
    const call = onlyCall(recorded)
    assert.deepEqual([call.status, outputText(recorded, call)], ['ok', said.trim()])
  }
})

test('a compressed answer, which fetch has unpacked already, is read as it is', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
    response.end(gzipSync(STREAM))
  })
  assert.equal(await readAll(await ask()), STREAM)
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, outputText(recorded, call)], ['ok', 'I am a model'])
})

test('an event that is larger than may be held is left out, and those behind it are read', async (t) => {
  const large = delta({ content: 'x'.repeat(300_000) })
  const { recorded, server } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const text = `${delta({ content: 'Hi' })}${large}${delta({ content: '!' })}${delta({}, 'stop')}${DONE}`
    for (let at = 0; at < text.length; at += 10_000) response.write(text.slice(at, at + 10_000))
    response.end()
  })
  const fetch = captureFetch({ logger: recorded.logger, copyBytes: 100_000 })
  await readAll(
    await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...ASK, stream: true }),
    }),
  )
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, outputText(recorded, call)], ['ok', 'Hi!'])
})

test('a stream of which nothing may be copied is still read', async (t) => {
  const { recorded, server } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let at = 0; at < STREAM.length; at += 10) response.write(STREAM.slice(at, at + 10))
    response.end()
  })
  const fetch = captureFetch({ logger: recorded.logger, copyBytes: 0 })
  await readAll(
    await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...ASK, stream: true }),
    }),
  )
  const { status, output_tokens, finish_reason } = onlyCall(recorded)
  assert.deepEqual([status, output_tokens, finish_reason], ['ok', 5, 'stop'])
})
