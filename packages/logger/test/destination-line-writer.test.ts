import assert from 'node:assert/strict'
import { on } from 'node:events'
import { test } from 'node:test'
import type { DropReport } from '../src/destination/destination.ts'
import { LineWriter, type LineWriterOptions } from '../src/destination/line-writer.ts'
import type { Sink } from '../src/destination/sink.ts'

/** A sink in memory. Each file is what one opening holds; `room` is how many bytes it takes until `code` is thrown. */
class MemorySink implements Sink {
  readonly name = 'memory'
  readonly warningsStallToo = true
  pieceBytes = 16
  files: string[] = ['']
  room = Number.POSITIVE_INFINITY
  code = 'EAGAIN'
  attempts = 0

  prepare(): number {
    return this.files.length
  }

  put(bytes: Uint8Array, from: number, length: number): number {
    this.attempts += 1
    const count = Math.min(length, this.room)
    if (count === 0) throw Object.assign(new Error('scripted'), { code: this.code })
    this.room -= count
    this.files[this.files.length - 1] += Buffer.from(bytes).toString('utf8', from, from + count)
    return count
  }

  takeBack(bytes: number, opening: number): void {
    assert.equal(opening, this.files.length)
    this.files[opening - 1] = this.files[opening - 1]?.slice(0, -bytes) ?? ''
  }

  reopen(): void {
    this.files.push('')
  }

  leave(): void {}
  close(): void {}
}

const ROOM = Number.POSITIVE_INFINITY

function writerTo(sink: Sink, options: Partial<LineWriterOptions> = {}): LineWriter {
  const writer = new LineWriter(sink, { batchMs: 0, maxPendingBytes: 4096, ...options })
  writer.onReturn = reportLine
  return writer
}

function reportLine({ reason, count, bytes }: DropReport): string {
  return `dropped ${count} ${bytes} ${reason}\n`
}

/** Resolves with the next warning of this code. */
async function warning(code: string): Promise<Error> {
  for await (const [warned] of on(process, 'warning') as AsyncIterable<[NodeJS.ErrnoException]>) {
    if (warned.code === code) return warned
  }
  throw new Error('unreachable')
}

test('a line is written when write returns', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink)
  writer.write('one\n')
  assert.deepEqual(sink.files, ['one\n'])
  writer.close()
})

test('the rest of a line that was written in part goes first, in order, once there is room', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink)
  sink.room = 2
  sink.code = 'ENOSPC'
  writer.write('one\n')
  writer.write('two\n')
  assert.deepEqual(sink.files, ['on'])
  sink.room = ROOM
  writer.flushSync()
  assert.deepEqual(sink.files, ['one\ntwo\n'])
  assert.equal(writer.losses.lines, 0)
  writer.close()
})

test('a line cut in a file that was moved away is whole in the next file', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink)
  sink.room = 6
  sink.code = 'ENOSPC'
  writer.write('one\n')
  writer.write('two\n')
  sink.room = ROOM
  writer.reopen()
  writer.flushSync()
  assert.deepEqual(sink.files, ['one\ntw', 'two\n'])
  writer.close()
})

test('lines written together and cut in a file that was moved away are written once', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { batchMs: 60_000 })
  for (const line of ['one\n', 'two\n', 'three\n']) writer.write(line)
  sink.room = 6
  sink.code = 'ENOSPC'
  writer.flushSync()
  sink.room = ROOM
  writer.reopen()
  writer.flushSync()
  assert.deepEqual(sink.files, ['one\ntw', 'two\nthree\n'])
  writer.close()
})

test('what does not fit in memory is dropped whole, counted and told before the next line', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { maxPendingBytes: 400 })
  sink.room = 0
  sink.code = 'ENOSPC'
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) writer.write(line)
  assert.deepEqual({ ...writer.losses }, { lines: 1, bytes: 5 })
  sink.room = ROOM
  writer.flushSync()
  writer.write('five\n')
  assert.deepEqual(sink.files, ['one\ntwo\nthree\ndropped 1 5 ENOSPC\nfive\n'])
  writer.close()
})

test('once lines are dropped, none is kept until half the memory is free, so that a gap is one gap', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { maxPendingBytes: 600 })
  sink.room = 0
  sink.code = 'EIO'
  for (const line of ['1\n', '2\n', '3\n', '4\n', 'dropped\n']) writer.write(line)
  sink.room = 2
  writer.flushSync()
  writer.write('dropped too\n')
  sink.room = 4
  writer.flushSync()
  writer.write('5\n')
  sink.room = ROOM
  writer.flushSync()
  assert.deepEqual(sink.files, ['1\n2\n3\n4\ndropped 2 20 EIO\n5\n'])
  writer.close()
})

test('without a reader nothing waits; the losses are told when there is one again', async () => {
  let now = 0
  const sink = new MemorySink()
  const writer = writerTo(sink, { now: () => now })
  sink.room = 0
  sink.code = 'EPIPE'
  const warned = warning('LOGGER_DESTINATION_CLOSED')
  for (const line of ['one\n', 'two\n', 'three\n']) writer.write(line)
  assert.equal(writer.losses.lines, 3)
  await warned
  const before = sink.attempts
  writer.write('four\n')
  assert.equal(sink.attempts, before, 'a write right after does not ask again')
  now += 2000
  writer.write('five\n')
  assert.equal(writer.losses.lines, 5)
  sink.room = ROOM
  now += 2000
  writer.write('six\n')
  assert.deepEqual(sink.files, ['dropped 5 24 EPIPE\nsix\n'])
  writer.close()
})

test('a report that cannot be made stops nothing', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { maxPendingBytes: 150 })
  writer.onReturn = () => {
    throw new Error('scripted')
  }
  sink.room = 0
  sink.code = 'EIO'
  for (const line of ['one\n', 'two\n']) writer.write(line)
  sink.room = ROOM
  writer.flushSync()
  assert.deepEqual(sink.files, ['one\n'])
  assert.equal(writer.losses.lines, 1)
  writer.close()
})

test('closing with a destination that takes nothing removes a cut line and counts what is lost', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink)
  sink.room = 6
  sink.code = 'ENOSPC'
  for (const line of ['one\n', 'two\n', 'three\n']) writer.write(line)
  writer.close()
  writer.close()
  assert.deepEqual(sink.files, ['one\n'])
  assert.deepEqual({ ...writer.losses }, { lines: 2, bytes: 10 })
  writer.write('four\n')
  assert.deepEqual({ ...writer.losses }, { lines: 3, bytes: 15 })
})

test('a line larger than the buffer, and one in any script, arrive as they are', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink)
  const lines = [`${'日本語'.repeat(30_000)}\n`, `${'x'.repeat(200_000)}\n`, 'é😀\n']
  for (const line of lines) writer.write(line)
  assert.equal(sink.files.join(''), lines.join(''))
  writer.close()
})

test('with batches, lines wait for each other, and flushing or closing writes them', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { batchMs: 60_000 })
  writer.write('one\n')
  writer.write('two\n')
  assert.deepEqual(sink.files, [''])
  writer.flushSync()
  assert.deepEqual(sink.files, ['one\ntwo\n'])
  assert.equal(sink.attempts, 1)
  writer.write('three\n')
  writer.close()
  assert.deepEqual(sink.files, ['one\ntwo\nthree\n'])
})

test('a full batch is written without waiting', () => {
  const sink = new MemorySink()
  const writer = writerTo(sink, { batchMs: 60_000 })
  const line = `${'x'.repeat(999)}\n`
  for (let count = 0; count < 70; count++) writer.write(line)
  assert.ok((sink.files[0]?.length ?? 0) >= 60_000)
  writer.close()
  assert.equal(sink.files[0], line.repeat(70))
})
