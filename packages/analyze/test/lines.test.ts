import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readLent } from '../src/input/chunks.ts'
import { MAX_LINE_BYTES } from '../src/input/held-bytes.ts'
import { isTooLong, LineSplitter, readLines } from '../src/input/lines.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lines-'))
})
after(() => rm(dir, { recursive: true }))

async function read(content: string | Buffer) {
  const path = join(dir, 'file')
  await writeFile(path, content)
  const texts: string[] = []
  const damage: string[] = []
  let bytes = 0
  let terminated = true
  const options = {
    onBytes: (count: number) => {
      bytes += count
    },
    onDamage: (reason: string) => damage.push(reason),
  }
  for await (const line of readLines({ name: 'file', path }, options)) {
    texts.push(line.bytes.toString())
    assert.equal(line.number, texts.length)
    assert.equal(terminated, true, 'only the last line may be without an end')
    terminated = line.terminated
  }
  return { texts, damage, bytes, terminated }
}

test('LF and CRLF end a line, an empty line is a line', async () => {
  const { texts, terminated, bytes } = await read('a\r\nb\n\n\r\nc\n')
  assert.deepEqual(texts, ['a', 'b', '', '', 'c'])
  assert.equal(terminated, true)
  assert.equal(bytes, 10)
})

test('a last line without an end is delivered and said to be so', async () => {
  const { texts, terminated } = await read('a\nb')
  assert.deepEqual(texts, ['a', 'b'])
  assert.equal(terminated, false)
})

test('an empty file has no lines', async () => {
  assert.deepEqual((await read('')).texts, [])
  assert.deepEqual((await read('\ufeff')).texts, [])
})

test('a byte order mark is dropped, at the beginning only', async () => {
  assert.deepEqual((await read('\ufeffa\n\ufeffb\n')).texts, ['a', '\ufeffb'])
  assert.deepEqual((await read(gzipSync('\ufeffa\n'))).texts, ['a'])
})

test('NUL and invalid UTF-8 pass through', async () => {
  const { texts } = await read(Buffer.from([97, 0, 10, 0xff, 0xfe, 10]))
  assert.deepEqual(texts, ['a\0', '\ufffd\ufffd'])
})

test('gzip is told by its bytes, and several members are one text', async () => {
  const { texts } = await read(Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')]))
  assert.deepEqual(texts, ['a', 'bc', 'd'])
})

test('a cut gzip file gives every line that is whole, wherever the cut, and says so', async () => {
  const lines = Array.from({ length: 400 }, (_, i) => `line ${i} ${(i * 7919) % 1009}`)
  const whole = gzipSync(`${lines.join('\n')}\n`)
  let most = 0
  for (const cut of [18, 60, 500, whole.length - 9, whole.length - 8, whole.length - 1]) {
    const { texts, damage } = await read(whole.subarray(0, cut))
    assert.deepEqual(damage, ['the gzip data is cut: its end is missing'], `cut at ${cut}`)
    assert.deepEqual(texts.slice(0, -1), lines.slice(0, Math.max(0, texts.length - 1)))
    assert.ok(texts.length >= most)
    most = texts.length
  }
  assert.equal(most, lines.length)
})

test('a file that cannot be read is named', async () => {
  const lines = readLines({ name: 'gone', path: join(dir, 'gone') })
  await assert.rejects(lines.next(), { code: 'ANALYZE_INPUT_UNREADABLE', message: /gone/ })
})

test('a line over the limit keeps its head and its length, and memory stays bounded', () => {
  const splitter = new LineSplitter()
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  for (let i = 0; i < 200; i++) {
    assert.deepEqual(splitter.push(chunk), [])
    assert.ok(splitter.heldBytes <= MAX_LINE_BYTES)
  }
  const [long, short] = splitter.push(Buffer.from('y\nz\n'))
  assert.equal(long?.length, 200 * chunk.length + 1)
  assert.equal(long?.bytes.length, 1024)
  assert.ok(long && isTooLong(long))
  assert.equal(short?.bytes.toString(), 'z')
  assert.equal(short?.number, 2)
})

test('lines do not depend on where the chunks were cut', () => {
  const text = Buffer.from('one\r\ntwo\n\n\u00e9\u{1f600}\r\nlast')
  const whole = new LineSplitter()
  const expected = [...whole.push(text), ...whole.end()].map(({ bytes }) => bytes.toString())
  assert.deepEqual(expected, ['one', 'two', '', '\u00e9\u{1f600}', 'last'])
  for (let size = 1; size < text.length; size++) {
    const splitter = new LineSplitter()
    const lines = []
    for (let at = 0; at < text.length; at += size) {
      lines.push(...splitter.push(text.subarray(at, at + size)))
    }
    lines.push(...splitter.end())
    assert.deepEqual(
      lines.map(({ bytes }) => bytes.toString()),
      expected,
      `chunks of ${size}`,
    )
  }
})

test('of lines that are read as words, those at the very end of memory are told apart', () => {
  for (const [text, end] of [
    ['a\n', 0],
    ['ab\ncd\n', 0],
    ['ab\ncdef\n', 3],
    ['ab\ncd\nefgh', 6],
  ] as const) {
    const memory = Buffer.from(new ArrayBuffer(text.length))
    memory.write(text)
    assert.equal(new LineSplitter().split(memory).run.endBefore(4), end, text)
  }
})

test('who wants no more than the beginning of a file leaves none open', async () => {
  const nextDescriptor = () => {
    const file = openSync(dir, 'r')
    closeSync(file)
    return file
  }
  const before = nextDescriptor()
  const text = '{"a":1}\n'.repeat(100_000)
  for (const content of [text, gzipSync(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    const path = join(dir, 'begun')
    await writeFile(path, content)
    for (let i = 0; i < 5; i++) {
      for await (const chunk of readLent({ name: 'begun', path })) {
        assert.ok(chunk.length > 0)
        break
      }
    }
  }
  assert.equal(nextDescriptor(), before)
})
