import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import canonicalize from 'canonicalize'
import { verifyAudit } from '../src/index.ts'

/** One entry as it stands in a file. */
export interface Read {
  readonly seq: number
  readonly action: string
  readonly ext?: { readonly n?: number }
  readonly sys?: { readonly [key: string]: unknown }
  readonly [key: string]: unknown
}

/** Reads a log with code of its own, and asserts all that a closed log promises but for signatures. Returns its entries. */
export function readClosedLog(dir: string, origin: string): readonly Read[] {
  const lines = segmentLines(dir)
  let prev = base64(`recount-audit/v1 genesis\n${origin}`)
  let time = ''
  const entries = lines.map((line, seq) => {
    const entry = JSON.parse(line) as Read & { prev: string; ts: string; log: string }
    assert.equal((canonicalize as unknown as (value: unknown) => string)(entry), line)
    assert.equal(entry.seq, seq)
    assert.equal(entry.prev, prev)
    assert.equal(entry.log, origin)
    assert.ok(entry.ts >= time, 'time runs backwards')
    time = entry.ts
    prev = base64(`\0${line}`)
    return entry
  })
  for (const { size, root } of checkpointsIn(dir)) {
    assert.ok(size <= lines.length, `a checkpoint over ${size} of ${lines.length} entries`)
    assert.equal(root, rootOf(lines.slice(0, size).map(leaf)).toString('base64'))
  }
  return entries
}

/** Asserts that our own verifier finds nothing wrong with a log: a crash is no tampering. */
export async function assertNoAlarm(dir: string): Promise<void> {
  const { result, findings } = await verifyAudit({ dir })
  assert.equal(result, 'unanchored', JSON.stringify(findings))
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'failure'),
    [],
  )
}

/** The lines of all segments; nothing may stand behind the last line of any. */
export function segmentLines(dir: string): readonly string[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  let first = 0
  return names.sort().flatMap((name) => {
    assert.equal(Number(name.slice(0, 20)), first, 'a segment begins where the one before ends')
    const text = readFileSync(`${dir}/${name}`, 'utf8')
    assert.ok(text === '' || text.endsWith('\n'), `${name} does not end with a line`)
    const lines = text.split('\n').slice(0, -1)
    first += lines.length
    return lines
  })
}

/** Size and root of all checkpoints in a folder. */
function checkpointsIn(dir: string): readonly { size: number; root: string }[] {
  const kept = existsSync(`${dir}/checkpoints`) ? readdirSync(`${dir}/checkpoints`) : []
  const names = kept.filter((name) => name.endsWith('.note'))
  const paths = ['checkpoint', ...names.map((name) => `checkpoints/${name}`)]
  return paths
    .filter((path) => existsSync(`${dir}/${path}`))
    .map((path) => {
      const [, size, root = ''] = readFileSync(`${dir}/${path}`, 'utf8').split('\n')
      return { size: Number(size), root }
    })
}

function leaf(line: string): Buffer {
  return createHash('sha256').update(`\0${line}`).digest()
}

/** RFC 6962, 2.1, as it is written there. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0] as Buffer
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  const node = createHash('sha256').update(Buffer.of(1))
  return node
    .update(rootOf(leaves.slice(0, split)))
    .update(rootOf(leaves.slice(split)))
    .digest()
}

function base64(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
