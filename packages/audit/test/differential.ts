import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { AuditError, verifyAudit } from '../src/index.ts'
import { bundleOf } from './bundle-maker.ts'
import { changeFolder } from './folder-changes.ts'
import { fillLog } from './full-log.ts'
import { changedField } from './json-changes.ts'
import { seeded } from './kill.ts'
import { type Fields, LogBuilder } from './log-builder.ts'
import { folder } from './log-setup.ts'
import { makeAuthority } from './timestamp-authority.ts'
import { type Ended, python, shell } from './verifier-scripts.ts'

/** What a verifier says of a folder: it holds, it does not, it cannot be read. */
type Verdict = 0 | 1 | 3

/** Changes logs and bundles in many ways, one at a time, and fails where the three verifiers do not come to the same. `sh`: how many runs there are for each of the shell's. */
export async function compareVerifiers(
  t: TestContext,
  { seed, runs, sh }: { readonly seed: number; readonly runs: number; readonly sh: number },
): Promise<void> {
  const random = seeded(seed)
  const base = await makeBases(t)
  const odd: string[] = []
  const seen = new Map<string, number>()
  for (let run = 0; run < runs; run += 1) {
    const place = join(base.dir, 'changed')
    const { dir, what } = await changedCopy(base, place, random)
    const key = random() < 0.7 ? base.key : undefined
    const verdicts = await threeVerdicts(dir, key, run % sh === 0)
    seen.set(verdicts.said, (seen.get(verdicts.said) ?? 0) + 1)
    if (!verdicts.agree) odd.push(`${run}: ${what}: ${verdicts.said}\n${verdicts.output}`)
    for (const used of [place, `${place}.aside`]) rmSync(used, { recursive: true, force: true })
  }
  assert.deepEqual(odd, [])
  t.diagnostic([...seen].map(([said, count]) => `${said}: ${count}`).join(', '))
}

interface Bases {
  readonly dir: string
  readonly log: string
  readonly bundle: string
  readonly authority: string
  readonly vkey: string
  /** A file with the log's first key. */
  readonly key: string
}

async function makeBases(t: TestContext): Promise<Bases> {
  const dir = folder(t)
  const authority = join(dir, 'authority')
  mkdirSync(authority)
  makeAuthority(authority)
  const log = new LogBuilder(join(dir, 'log'))
  const { vkey } = log
  const key = join(dir, 'log.vkey')
  writeFileSync(key, `${vkey}\n`)
  await fillLog(log, authority)
  const made = await bundleOf(t, log, { filter: { actor: ['u1'] } })
  // A second one proves that the log only grew since the first.
  const bundle = await bundleOf(t, log, { filter: { actor: ['u1'] } })
  rmSync(made.dir, { recursive: true })
  return { dir, log: log.dir, bundle: bundle.dir, authority, vkey, key }
}

/** A copy of one of the bases with one change, or a log that its writer signed with one. */
async function changedCopy(
  base: Bases,
  place: string,
  random: () => number,
): Promise<{ dir: string; what: string }> {
  const kind = random()
  if (kind < 0.35) return { dir: place, what: await signedChange(place, base.authority, random) }
  const from = kind < 0.7 ? base.log : base.bundle
  cpSync(from, place, { recursive: true, verbatimSymlinks: true })
  return { dir: place, what: changeFolder(place, random) }
}

/** A log in which one entry is odd, and all is signed: what a writer with the key may do. */
async function signedChange(dir: string, authority: string, random: () => number): Promise<string> {
  const log = new OddLog(dir, random)
  await fillLog(log, authority)
  return log.what
}

class OddLog extends LogBuilder {
  what = 'nothing'
  #at: number
  readonly #random: () => number

  constructor(dir: string, random: () => number) {
    super(dir)
    this.#random = random
    this.#at = 1 + Math.floor(random() * 24)
  }

  override append(fields: Fields = {}): this {
    // Not yet there while the first entry is made.
    if (!(#random in this) || this.size !== this.#at) return super.append(fields)
    const { changed, what } = changedField(fields, this.#random)
    this.#at = -1
    try {
      super.append(changed)
      this.what = `entry ${this.size - 1}: ${what}`
      return this
    } catch {
      // It has no canonical form.
      return super.append(fields)
    }
  }
}

async function threeVerdicts(
  dir: string,
  key: string | undefined,
  withShell: boolean,
): Promise<{ agree: boolean; said: string; output: string }> {
  const [second, third, first] = await Promise.all([
    python(key === undefined ? [dir] : [dir, '--key', key]),
    withShell ? shell(key === undefined ? [dir] : [dir, key]) : undefined,
    ours(dir, key),
  ])
  const found: readonly (Ended | undefined)[] = [first, second, third]
  const verdicts = found.flatMap((ended) => (ended === undefined ? [] : [ended.status]))
  const agree = new Set(verdicts).size === 1 && [0, 1, 3].includes(verdicts[0] ?? -1)
  const output = found.map((ended) => ended?.output ?? '').join('\n')
  return { agree, said: verdicts.slice(0, 2).join('/'), output }
}

async function ours(dir: string, key: string | undefined): Promise<Ended> {
  try {
    const publicKey = key === undefined ? {} : { publicKey: readFileSync(key, 'utf8') }
    const { result, findings } = await verifyAudit({ dir, ...publicKey })
    const status: Verdict = result === 'intact' || result === 'unanchored' ? 0 : 1
    const failures = findings.filter(({ severity }) => severity === 'failure').slice(0, 3)
    return {
      status,
      output: `${result} ${failures.map(({ code, detail }) => `${code} ${detail}`)}`,
    }
  } catch (error) {
    if (!(error instanceof AuditError)) return { status: 99, output: (error as Error).stack ?? '' }
    return { status: 3, output: error.message }
  }
}
