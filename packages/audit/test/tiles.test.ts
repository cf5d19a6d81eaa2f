import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseCheckpoint } from '../src/checkpoint.ts'
import { leafHash, rootOf } from '../src/merkle.ts'
import { consistencyRanges, inclusionRanges, RangeRoots, verifyConsistency } from '../src/proofs.ts'
import { verifyNote } from '../src/signed-note.ts'
import { parseEntryBundle, tilePath, verifyTiles } from '../src/tiles.ts'
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../src/tlog-proof.ts'
import { parseVerifierKey } from '../src/verifier-key.ts'
import { needsData, VECTORS } from './data-set.ts'

const LOG = `${VECTORS}tessera-tlog-tiles/testdata/log`
/** The public key with which tessera's test log is signed. */
const LOG_KEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'
const SIZES = Array.from({ length: 16 }, (_, size) => size)

test("tessera's log verifies end to end at every size", needsData, async () => {
  const key = parseVerifierKey(LOG_KEY)
  for (const size of SIZES) {
    const checkpoint = readCheckpoint(size)
    assert.equal(checkpoint.size, size)
    assert.equal(verifyNote(checkpoint.note, [key]).verified.length, 1, `signature of ${size}`)
    assert.equal(await verifyTiles(LOG, checkpoint), null, `tiles of ${size}`)
  }
})

test("every checkpoint of tessera's log is the beginning of every later one", needsData, () => {
  const leaves = readEntries().map(leafHash)
  for (const to of SIZES)
    for (const from of SIZES.slice(1, to + 1)) {
      const proof = new RangeRoots(consistencyRanges(from, to))
      for (const leaf of leaves.slice(0, to)) proof.push(leaf)
      assert.ok(verifyConsistency(readCheckpoint(from), readCheckpoint(to), proof.roots()))
    }
})

test("each entry of tessera's log is proved by a file that needs only the key", needsData, () => {
  const entries = readEntries()
  const checkpoint = readFileSync(`${LOG}/checkpoint`, 'utf8')
  const key = parseVerifierKey(LOG_KEY)
  for (const [index, entry] of entries.entries()) {
    const roots = new RangeRoots(inclusionRanges(index, entries.length))
    for (const other of entries) roots.push(leafHash(other))
    const text = formatTlogProof({ index, hashes: roots.roots(), checkpoint, extra: entry })
    const proof = parseTlogProof(text)
    assert.deepEqual(proof.extra, entry)
    assert.equal(verifyTlogProof(proof, entry, [key]), null)
    assert.equal(verifyTlogProof(proof, Buffer.from('other'), [key]), 'inclusion')
    assert.equal(verifyTlogProof(proof, entry, []), 'signature')
    assert.equal(verifyTlogProof({ ...proof, index: index + 1 }, entry, [key]), 'inclusion')
  }
})

test('a changed entry, tile or root of a log of tiles is found', needsData, async (t) => {
  const checkpoint = readCheckpoint(15)
  const entries = copyOf(t)
  flip(join(entries, tilePath('entries', 0, 15)), 3)
  assert.equal(await verifyTiles(entries, checkpoint), 'entries')
  const tile = copyOf(t)
  flip(join(tile, tilePath(0, 0, 15)), 3)
  assert.equal(await verifyTiles(tile, checkpoint), 'entries')
  assert.equal(await verifyTiles(LOG, { ...checkpoint, root: readCheckpoint(14).root }), 'root')
})

test('tiles above the lowest level are verified too', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'recount-tiles-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const entries = Array.from({ length: 600 }, (_, at) => Buffer.from(`entry ${at}`))
  const checkpoint = { size: 600, root: rootOf(entries.map(leafHash)) }
  writeTiles(dir, entries)
  assert.equal(await verifyTiles(dir, checkpoint), null)
  flip(join(dir, tilePath(1, 0, 2)), 40)
  assert.equal(await verifyTiles(dir, checkpoint), 'tile')
})

test('the path of a tile has groups of three digits', () => {
  assert.equal(tilePath(0, 1_234_067), 'tile/0/x001/x234/067')
  assert.equal(tilePath(2, 5, 17), 'tile/2/005.p/17')
  assert.equal(tilePath('entries', 0), 'tile/entries/000')
})

test('a bundle that was cut is refused', () => {
  const bundle = Buffer.from([0, 3, 1, 2, 3, 0])
  assert.deepEqual(parseEntryBundle(bundle.subarray(0, 5)), [Buffer.from([1, 2, 3])])
  for (const cut of [bundle, bundle.subarray(0, 4)])
    assert.throws(() => parseEntryBundle(cut), { code: 'AUDIT_TILE_INVALID' })
})

const PROOF = [
  'c2sp.org/tlog-proof@v1',
  'index 0',
  '',
  'o',
  '1',
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  '',
  '— o AAAAAAA=',
  '',
].join('\n')

for (const [what, text] of Object.entries({
  'of another version': PROOF.replace('@v1', '@v2'),
  'without an index': PROOF.replace('index 0\n', ''),
  'whose index has a leading zero': PROOF.replace('index 0', 'index 00'),
  'with a hash of 31 bytes': PROOF.replace(
    'index 0',
    `index 0\n${Buffer.alloc(31).toString('base64')}`,
  ),
  'with 64 hashes': PROOF.replace(
    'index 0',
    `index 0${`\n${Buffer.alloc(32).toString('base64')}`.repeat(64)}`,
  ),
  'without a checkpoint': 'c2sp.org/tlog-proof@v1\nindex 0\n',
}))
  test(`a proof ${what} is none`, () => {
    assert.throws(() => parseTlogProof(text), { code: 'AUDIT_PROOF_INVALID' })
    assert.equal(parseTlogProof(PROOF).index, 0)
  })

function readCheckpoint(size: number): ReturnType<typeof parseCheckpoint> {
  return parseCheckpoint(readFileSync(`${LOG}/checkpoint.${size}`))
}

function readEntries(): Buffer[] {
  return parseEntryBundle(readFileSync(join(LOG, tilePath('entries', 0, 15))))
}

function copyOf(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'recount-tiles-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(LOG, dir, { recursive: true, mode: 0 })
  return dir
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  rmSync(file)
  writeFileSync(file, bytes)
}

function writeTiles(dir: string, entries: readonly Buffer[]): void {
  const write = (path: string, bytes: Buffer): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), bytes)
  }
  const roots: Buffer[] = []
  for (let at = 0; at < entries.length; at += 256) {
    const part = entries.slice(at, at + 256)
    const lengths = part.map(({ length }) => Buffer.of(length >> 8, length & 255))
    write(
      tilePath('entries', at / 256, part.length),
      Buffer.concat(part.flatMap((entry, index) => [lengths[index] as Buffer, entry])),
    )
    write(tilePath(0, at / 256, part.length), Buffer.concat(part.map(leafHash)))
    if (part.length === 256) roots.push(rootOf(part.map(leafHash)))
  }
  write(tilePath(1, 0, roots.length), Buffer.concat(roots))
}
