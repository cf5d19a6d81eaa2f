import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AuditError, type AuditLog, type AuditOptions, openAudit } from '../src/index.ts'
import { assertNoAlarm, readClosedLog } from './log-oracle.ts'
import { event, ORIGIN, optionsIn } from './log-setup.ts'
import { type Fault, runWithFault } from './strace.ts'
import { python } from './verifier-scripts.ts'

const CHANGER: string = fileURLToPath(new URL('fixtures/changer.js', import.meta.url))

/** A closed log with content of two subjects, segments that may expire, and a stream. */
export async function changeableLog(path: string): Promise<AuditOptions> {
  const options = optionsIn(path, { segmentBytes: 2000 })
  const audit = await openAudit(options)
  for (let n = 0; n < 8; n += 1)
    await audit.append(
      event(n, { subject: `s${n % 2}`, ...(n < 4 && { data: [{ part: 'input', text: 'x' }] }) }),
    )
  await audit.close()
  const stream = await openAudit({ ...options, stream: 'web-1' })
  await stream.append(event(1))
  await stream.close()
  return options
}

/** Fails where a log as a crash left it looks like tampering, to either verifier, now or after the next start; or where an erasure that was begun is not ended by it. */
export async function survivesCrash(options: AuditOptions, newKey: string): Promise<void> {
  const { dir } = options
  await assertNoAlarm(dir)
  const { status, output } = await python([dir])
  assert.equal(status, 0, output)
  const isBegun = namesIn(join(dir, 'subjects')).some((name) => name.endsWith('.erasing'))
  const audit = await openWith(options, newKey)
  await audit.append(event(200, { data: [{ part: 'input', text: 'y' }] }))
  await audit.recordStreams()
  await audit.close()
  assert.ok(!namesIn(join(dir, 'subjects')).some((name) => name.endsWith('.erasing')))
  const erased = readErased(dir)
  if (isBegun) assert.ok(erased.length > 0, 'the erasure was forgotten')
  for (const kid of erased) assert.ok(!existsSync(join(dir, 'content', kid)), `${kid} is there`)
  await assertNoAlarm(dir)
}

/** Kills a process that does all of it at one call; says whether it came to that. */
export async function surviveKill(path: string, template: string, fault: Fault): Promise<boolean> {
  cpSync(template, path, { recursive: true })
  const options = optionsIn(path, { segmentBytes: 2000 })
  const newKey = join(path, 'new.key')
  const run = JSON.stringify({ options, newKey })
  const traced = await runWithFault(CHANGER, [run], touchedBy(path), fault, join(path, 'trace'))
  try {
    await survivesCrash(options, newKey)
  } catch (error) {
    const said = traced.output.replaceAll('\n', ' ')
    const at = `${fault.syscall} ${fault.when}, after ${said}: ${(error as Error).message}`
    throw new Error(at, { cause: error })
  }
  return traced.injected > 0
}

/** The key that is in force: a crash may have come before or after the rotation. */
async function openWith(options: AuditOptions, newKey: string): Promise<AuditLog> {
  try {
    return await openAudit(options)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'AUDIT_KEY_INVALID') throw error
    return openAudit({ ...options, key: newKey })
  }
}

function readErased(dir: string): string[] {
  if (existsSync(join(dir, 'hashes'))) return []
  return readClosedLog(dir, ORIGIN)
    .filter(({ action }) => action === 'audit.erasure')
    .flatMap(({ sys }) => sys?.kids as string[])
}

function namesIn(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : []
}

/** Everything in the log's folder, and what a change may make there. */
function touchedBy(path: string): string[] {
  const found = readdirSync(path, { recursive: true }).map(String)
  const numbers = Array.from({ length: 48 }, (_, number) => String(number).padStart(20, '0'))
  const made = [
    ...numbers.flatMap((number) => [`checkpoints/${number}.note`, `hashes/${number}.bin`]),
    ...numbers.flatMap((number) => [`${number}.jsonl`, `${number}.jsonl.recovering`]),
    'hashes',
  ].map((name) => join('audit', name))
  const aside = found.map((name) => name.replace(/\.json$/, '.erasing'))
  const all = new Set([...found, ...made, ...aside, 'new.key'])
  return [path, ...[...all].flatMap((name) => [join(path, name), join(path, `${name}.tmp`)])]
}
