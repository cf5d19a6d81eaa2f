import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { folderWith, type Run, recount } from './helpers.ts'

export const ORIGIN = 'acme.example/audit/test'

/** What `verify --json` prints. */
export interface Report {
  readonly result: string
  readonly trust: string
  readonly entries: number
  readonly size: number
  readonly root: string
  readonly anchored_to: number | null
  readonly findings: readonly {
    readonly code: string
    readonly severity: string
    readonly seq: number | null
  }[]
  readonly claims: { readonly verified_from: number }
}

/** Where a test runs the command. */
export interface Place {
  readonly cwd: string
  readonly config: string
  readonly env: Record<string, string>
  readonly run: (args: readonly string[], input?: string) => Promise<Run>
}

/** A folder of its own, and a configuration of its own. */
export function place(t: TestContext): Place {
  const cwd = folderWith(t)
  const config = join(folderWith(t), 'config')
  const env = { PATH: process.env.PATH ?? '', XDG_CONFIG_HOME: config }
  const run: Place['run'] = (args, input = '') => recount(['audit', ...args], { cwd, env, input })
  return { cwd, config, env, run }
}

/** With a log of eight entries: three of them events, with content. */
export async function filled(t: TestContext): Promise<Place> {
  const there = place(t)
  await there.run(['init', 'audit', '--origin', ORIGIN])
  await there.run(['append', 'audit'], events(3))
  return there
}

export function events(count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const actor = { type: 'user', id: `u${at}` }
    const data =
      count > 10 ? {} : { subject: `s${at}`, data: [{ part: 'input', text: `hello ${at}` }] }
    const event = {
      action: 'query',
      actor,
      target: { type: 'model', id: 'gpt-4o' },
      outcome: 'success',
    }
    return `${JSON.stringify({ ...event, ...data })}\n`
  }).join('')
}

export function change(cwd: string, edit: (text: string) => string): void {
  const path = join(cwd, 'audit', `${'0'.repeat(20)}.jsonl`)
  const text = readFileSync(path, 'utf8')
  assert.notEqual(edit(text), text)
  writeFileSync(path, edit(text))
}

export function lines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

export function code({ stderr }: Run): string | undefined {
  return /\(([A-Z_]+)\)\n$/.exec(stderr)?.[1]
}
