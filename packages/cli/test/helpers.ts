import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The committed shim, as npm links it. */
export const SHIM: string = fileURLToPath(new URL('../../bin/recount.js', import.meta.url))

/** How a run of the command ended. */
export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where and with what the command runs. */
export interface RunOptions {
  readonly cwd?: string
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `recount` in a process of its own, with an environment that says nothing but what is given. */
export function recount(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { cwd, input = '', env = {} } = options
  const child = spawn(process.execPath, [SHIM, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}).end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, stdout, stderr }))
  })
}

/** A folder that goes when the test ends, with these files in it. */
export function folderWith(
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'recount-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Lines of a log. */
export function jsonl(...records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

export const TRACE = 'aaaaaa0000000000000000000000000a'
const START = 1_780_000_000_000

/** A span's id from a short number. */
export function span(number: number): string {
  return number.toString(16).padStart(16, 'f')
}

/** Keys that every line in a trace has. */
export function line(event: string, span_id: string, fields: object = {}): object {
  const ids = { recount: 1, event, trace_id: TRACE, span_id }
  return { level: 30, time: START, ...ids, ...fields }
}

/** A terminal line of a trace or step. */
export function step(span_id: string, fields: object = {}): object {
  return line('step', span_id, { ...ended(0, 100), workflow: 'answer', ...fields })
}

/** A terminal line of a model call. */
export function call(span_id: string, fields: object = {}): object {
  return line('llm_call', span_id, { ...ended(10, 50), ...SUBJECT, ...fields })
}

/** A start line of a model call. */
export function callStarted(span_id: string, fields: object = {}): object {
  return line('llm_call_started', span_id, { ...SUBJECT, ...fields })
}

/** A line of the content plane. */
export function content(
  span_id: string,
  part: string,
  value: unknown,
  fields: object = {},
): object {
  const json = JSON.stringify(value)
  return line('content', span_id, {
    part,
    digest: digest(json.length),
    bytes: json.length,
    ...fields,
    content: value,
  })
}

/** Any digest, from a number. */
export function digest(number: number): string {
  return `hmac-sha256:00000000:${number.toString(16).padStart(32, '0')}`
}

const SUBJECT = { provider: 'acme', operation: 'chat', model: 'acme-large' }

function ended(after: number, duration_ms: number): object {
  return { start_time: START + after, duration_ms, status: 'ok' }
}
