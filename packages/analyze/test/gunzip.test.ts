import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { gunzip } from '../src/input/gunzip.ts'

/** What is read of a file that comes in chunks of so many bytes. */
async function read(file: Buffer, size = file.length || 1) {
  const texts: Buffer[] = []
  const damage: [string, boolean][] = []
  const onDamage = (reason: string, isWhole = false) => damage.push([reason, isWhole])
  for await (const text of gunzip(inChunks(file, size), onDamage)) texts.push(text)
  return { text: Buffer.concat(texts).toString(), damage }
}

/** In memory that is used again, as files are read. */
async function* inChunks(file: Buffer, size: number): AsyncGenerator<Buffer> {
  const lent = Buffer.alloc(size)
  for (let at = 0; at < file.length; at += size) {
    const length = file.copy(lent, 0, at, at + size)
    yield lent.subarray(0, length)
    lent.fill(0xff)
  }
}

const TEXT = Array.from({ length: 40_000 }, (_, i) => `line ${i} ${(i * 7919) % 1009}\n`).join('')
const WHOLE = gzipSync(TEXT)
const SHORT = 'a line\n'.repeat(20)
const SIZES = [1, 7, 50_000]

test('what follows gzip data and is none costs nothing of its text, and is told by its size', async () => {
  for (const rest of ['garbage here', 'g', '\0\0{"plain": 1}\n', '\x1f\x8bno member', '\x1f']) {
    const bytes = Buffer.from(rest, 'latin1')
    const { length } = rest.replace(/^\0+/, '')
    const is =
      length === 1 ? '1 byte behind the gzip data is' : `${length} bytes behind the gzip data are`
    for (const size of SIZES) {
      const written = size < 10 ? SHORT : TEXT
      const { text, damage } = await read(Buffer.concat([gzipSync(written), bytes]), size)
      assert.equal(text.length, written.length, rest)
      assert.deepEqual(damage, [[`${is} no gzip and left out`, true]])
    }
  }
})

test('members are one text, whatever their headers say and zeros between them', async () => {
  const second = gzipSync('second\n')
  const flags = 2 | 4 | 8 | 16
  const marked = Buffer.concat([
    second.subarray(0, 3),
    Buffer.from([flags]),
    second.subarray(4, 10),
    Buffer.from([5, 0]),
    Buffer.from('extraname\0a comment\0\x12\x34', 'latin1'),
    second.subarray(10),
  ])
  const file = Buffer.concat([
    gzipSync(''),
    second,
    Buffer.alloc(20_000),
    marked,
    Buffer.alloc(600),
  ])
  for (const size of SIZES)
    assert.deepEqual(await read(file, size), { text: 'second\nsecond\n', damage: [] })
})

test('a text whose checksum is wrong is read to its end and said, and so are the members behind it', async () => {
  const wrong = Buffer.from(WHOLE)
  wrong.writeUInt32LE(7, wrong.length - 8)
  const { text, damage } = await read(Buffer.concat([wrong, gzipSync('second\n')]))
  assert.equal(text, `${TEXT}second\n`)
  assert.equal(damage.length, 1)
  assert.match(damage[0]?.[0] ?? '', /^the gzip data is damaged \(its checksum is wrong\)/)
})

test('damage within is said; what came before is kept but for the last 64 KiB', async () => {
  const begun = deflateRawSync(TEXT, { finishFlush: constants.Z_SYNC_FLUSH })
  // No block is of the type 3.
  const broken = Buffer.concat([WHOLE.subarray(0, 10), begun, Buffer.alloc(100, 7)])
  const { text, damage } = await read(broken)
  assert.match(damage[0]?.[0] ?? '', /^the gzip data is damaged .*64 KiB/)
  assert.equal(damage[0]?.[1], false)
  assert.ok(TEXT.startsWith(text))
  assert.ok(text.length >= TEXT.length - 65_536)
})

test('a file that is cut says so, wherever the cut, and has all text before it', async () => {
  const ends = [1, 8, 9, WHOLE.length - 18, WHOLE.length - 11, WHOLE.length - 3]
  const file = Buffer.concat([WHOLE, WHOLE])
  for (const end of ends) {
    const { text, damage } = await read(file.subarray(0, file.length - end), 5_000)
    assert.deepEqual(damage, [['the gzip data is cut: its end is missing', false]], `${end}`)
    assert.ok(text.startsWith(TEXT))
    assert.ok(`${TEXT}${TEXT}`.startsWith(text))
  }
})

test('a member that is none is damage, not text', async () => {
  for (const [method, flags] of [
    [7, 0],
    [8, 0xe0],
  ] as const) {
    const wrong = Buffer.from(WHOLE)
    wrong[2] = method
    wrong[3] = flags
    const { text, damage } = await read(wrong)
    assert.equal(text, '')
    assert.match(damage[0]?.[0] ?? '', /its header cannot be read/)
  }
})
