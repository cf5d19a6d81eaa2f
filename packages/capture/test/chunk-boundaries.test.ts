import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Recorder, recorder } from '@recount/logger/testing'
import { validateRecord } from '@recount/record/validate'
import { captureFetch } from '../src/index.ts'
import { needsData } from './data-set.ts'
import { randomFrom, recordedStreams, STREAMS, type WireStream } from './streams.ts'

const recorded = recorder()

/** Sends a stream through a captured fetch in these pieces, and gives back what was read. */
async function send(
  { url, body, type }: WireStream,
  pieces: readonly Uint8Array[],
  failsWith?: Error,
): Promise<string> {
  const fetch = captureFetch({
    logger: recorded.logger,
    fetch: async () =>
      new Response(inPieces(pieces, failsWith), { headers: { 'content-type': type } }),
  })
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return response.text()
}

function inPieces(pieces: readonly Uint8Array[], failsWith?: Error): ReadableStream<Uint8Array> {
  let next = 0
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[next++]
      if (piece !== undefined) controller.enqueue(piece)
      else if (failsWith === undefined) controller.close()
      else controller.error(failsWith)
    },
  })
}

/** All that was recorded of the one call, but for ids and times; then forgets it. */
function takeRecord({ records, content, clear }: Recorder): unknown {
  const [call, ...more] = records('llm_call')
  assert.ok(call, 'there is no terminal line')
  assert.equal(more.length, 0)
  assert.deepEqual(validateRecord(call), [])
  const {
    trace_id: _,
    span_id,
    time: __,
    start_time: ___,
    duration_ms: ____,
    ttft_ms,
    ...rest
  } = call
  const parts = ['output', 'raw_response'] as const
  const kept = parts.map((part) => content(span_id, part))
  clear()
  return { ...rest, hasFirstToken: ttft_ms !== undefined, kept }
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places, bytes.length]
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

function randomly(bytes: Uint8Array, random: () => number, longest: number): Uint8Array[] {
  const places: number[] = []
  for (let at = 0; at < bytes.length; at += 1 + Math.floor(random() * longest)) places.push(at)
  return cut(bytes, places)
}

for (const stream of STREAMS) {
  const bytes = new TextEncoder().encode(stream.text)

  test(`${stream.name}: cut at any byte it gives the same record`, async () => {
    assert.equal(await send(stream, [bytes]), stream.text)
    const whole = takeRecord(recorded)
    for (let at = 1; at < bytes.length; at++) {
      assert.equal(await send(stream, cut(bytes, [at])), stream.text)
      assert.deepEqual(takeRecord(recorded), whole, `cut at ${at}`)
    }
    await send(
      stream,
      [...bytes].map((byte) => Uint8Array.of(byte)),
    )
    assert.deepEqual(takeRecord(recorded), whole, 'byte by byte')
  })

  test(`${stream.name}: truncated anywhere it reaches the reader as it is and has one last line`, async () => {
    for (let at = 0; at < bytes.length; at += 7) {
      const part = bytes.slice(0, at)
      assert.equal(await send(stream, [part]), new TextDecoder().decode(part))
      takeRecord(recorded)
      const reset = new Error('reset')
      await assert.rejects(send(stream, [part], reset), reset)
      takeRecord(recorded)
    }
  })

  test(`${stream.name}: mutated in any way it reaches the reader as it is and has one last line`, async () => {
    const random = randomFrom(7)
    for (let round = 0; round < 300; round++) {
      const mutated = mutate(bytes, random)
      assert.equal(
        await send(stream, randomly(mutated, random, 200)),
        // A mark at the beginning is taken away by whoever decodes.
        new TextDecoder().decode(mutated),
      )
      takeRecord(recorded)
    }
  })
}

test(
  'recorded streams of providers, cut at random sizes, give the same record',
  needsData,
  async () => {
    const random = randomFrom(11)
    const streams = recordedStreams()
    assert.ok(streams.length > 30)
    for (const stream of streams) {
      const bytes = new TextEncoder().encode(stream.text)
      await send(stream, [bytes])
      const whole = takeRecord(recorded)
      for (const longest of [3, 50, 1000, 20_000]) {
        if (longest === 3 && bytes.length > 5000) continue
        await send(stream, randomly(bytes, random, longest))
        assert.deepEqual(takeRecord(recorded), whole, `${stream.name} in pieces of ${longest}`)
      }
    }
  },
)

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let mutated = Uint8Array.from(bytes)
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const at = Math.floor(random() * mutated.length)
    const until = at + Math.floor(random() * 40)
    const kind = Math.floor(random() * 4)
    const middle = mutated.slice(at, until)
    const replacement = [
      Uint8Array.of(Math.floor(random() * 256)),
      new Uint8Array(),
      Uint8Array.from([...middle, ...middle]),
      middle.toReversed(),
    ][kind]
    const kept = kind === 0 ? at + 1 : until
    mutated = Uint8Array.from([
      ...mutated.slice(0, at),
      ...(replacement ?? []),
      ...mutated.slice(kept),
    ])
  }
  return mutated
}
