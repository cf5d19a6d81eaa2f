import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createParser } from 'eventsource-parser'
import { findProvider } from '../src/fetch/find-provider.ts'
import { TextRuns } from '../src/fetch/text-runs.ts'
import { resolveOptions } from '../src/options.ts'
import type { StreamReader } from '../src/provider.ts'
import { providerNamed } from '../src/providers/known.ts'
import { needsData } from './data-set.ts'
import { recordedStreams, STREAMS, type WireStream } from './streams.ts'

const options = resolveOptions()

function readerOf({ url, body }: WireStream): StreamReader {
  const provider = findProvider(new URL(url), options)?.provider ?? providerNamed('ollama')
  const request = provider.request(new URL(url), body)
  assert.ok(request, url)
  return provider.stream(request)
}

/** Reads a stream event by event, and with its texts put together. */
function assertSame(stream: WireStream): number {
  const [one, other] = [readerOf(stream), readerOf(stream)]
  let parsed = 0
  const runs = new TextRuns({
    take(event) {
      parsed += 1
      return other.take(event)
    },
    result: () => other.result(),
    complete: false,
  })
  let events = 0
  const each = (event: string | undefined, data: string): void => {
    events += 1
    one.take({ event, data })
    runs.take(event, data)
  }
  if (stream.type === 'text/event-stream') {
    createParser({ onEvent: ({ event, data }) => each(event, data) }).feed(stream.text)
  } else for (const line of stream.text.split('\n')) each(undefined, line)
  runs.flush()
  assert.deepEqual(other.result(), one.result(), stream.name)
  assert.equal(other.complete, one.complete, stream.name)
  return events - parsed
}

test('texts that are put together give what each of them alone would have given', () => {
  for (const stream of STREAMS) assertSame(stream)
})

test(
  'recorded streams of providers are read the same, with far fewer events parsed',
  needsData,
  () => {
    let spared = 0
    for (const stream of recordedStreams()) spared += assertSame(stream)
    assert.ok(spared > 1000, `${spared}`)
  },
)

test('texts that JSON would not take as they are, and texts of other places, are read alone', () => {
  const pieces = ['a', 'b', '\\n', 'c', '"', 'd', '\u0001', 'e', '\\ud83d', '\\ude00', 'f']
  const text = pieces
    .map(
      (piece, index) =>
        `data: {"choices":[{"index":${index % 7 === 3 ? 1 : 0},"delta":{"content":"${piece}"}}]}\n\n`,
    )
    .join('')
  const [first] = STREAMS
  assert.ok(first)
  assertSame({ ...first, name: 'hostile', text })
  const padded = ['x', 'y', 'z'].map(
    (piece, index) =>
      `data: {"choices":[{"index":0,"delta":{"content":"${piece}"}}],"obfuscation":"${'p'.repeat(index)}"}\n\n`,
  )
  assert.ok(assertSame({ ...first, name: 'padded', text: padded.join('') }) > 0)
})
