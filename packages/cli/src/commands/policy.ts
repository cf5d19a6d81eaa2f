import { text as readStream } from 'node:stream/consumers'
import {
  checkPolicy,
  compilePolicy,
  factsOf,
  findingTexts,
  type Policy,
  PolicyError,
  parsePolicy,
  policyNotes,
  readPolicyFile,
} from '@recount/policy'
import { CliError, EXIT } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { explanationText } from '../policy/explanation-text.ts'
import { painter, type Terminal } from '../terminal.ts'

/** Options of `recount policy check`. */
export interface PolicyCheckOptions {
  readonly json?: boolean
}

/** Options of `recount policy explain`. */
export interface PolicyExplainOptions {
  /** Where the records are; `-` is stdin. */
  readonly event: string
  /** The moment at which to decide. */
  readonly at?: string
  readonly json?: boolean
}

/** Checks a policy file; 1 when it is not valid. */
export async function checkFile(
  file: string,
  { json }: PolicyCheckOptions,
  terminal: Terminal,
): Promise<number> {
  const policy = await loaded(file)
  const findings = policy instanceof PolicyError ? policy.findings : checkPolicy(policy)
  const isValid = findings.length === 0 && !(policy instanceof PolicyError)
  const notes = isValid ? policyNotes(policy) : []
  const paint = painter(terminal.color)
  const name = paint('bold', plainLine(file))
  if (json) {
    const digest = isValid ? compilePolicy(policy).digest : null
    terminal.print(`${plainJson({ valid: isValid, digest, findings, notes })}\n`)
  } else if (policy instanceof PolicyError) {
    terminal.print(`${name}: ${paint('red', 'not valid')}: ${plainLine(policy.message)}\n`)
  } else if (isValid) {
    terminal.print(`${name}: ${paint('green', 'valid')}: ${extentText(policy)}\n`)
    for (const note of notes)
      terminal.print(`${name}: ${paint('yellow', 'note')}: ${plainLine(note)}\n`)
  } else {
    for (const text of findingTexts(findings)) terminal.print(`${name}: ${plainLine(text)}\n`)
    terminal.print(`${name}: ${paint('red', 'not valid')}: ${plural(findings.length, 'finding')}\n`)
  }
  return isValid ? EXIT.done : EXIT.no
}

/** Says which rule of a policy decides about each record, and why. */
export async function explainFile(
  file: string,
  options: PolicyExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const clock = clockAt(options.at)
  const source = parsePolicy(await readPolicyFile(file), file)
  const policy = compilePolicy(source, clock === undefined ? {} : { clock })
  const paint = painter(terminal.color)
  for (const [index, record] of (await readRecords(options.event)).entries()) {
    const facts = factsOf(record)
    const explanation = policy.explain(facts)
    if (options.json) terminal.print(`${plainJson({ facts, ...explanation })}\n`)
    else terminal.print(`${index > 0 ? '\n' : ''}${explanationText(facts, explanation, paint)}`)
  }
  return EXIT.done
}

/** A policy, or why there is none in the file; what cannot be read is thrown. */
async function loaded(file: string): Promise<Policy | PolicyError> {
  const text = await readPolicyFile(file)
  try {
    return parsePolicy(text, file)
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
}

function extentText({ rules = [], tenants = {}, extends: preset }: Policy): string {
  const extent = [plural(rules.length, 'rule'), plural(Object.keys(tenants).length, 'tenant')]
  return `${extent.join(', ')}${preset === undefined ? '' : `, then ${preset}`}`
}

function clockAt(at: string | undefined): (() => number) | undefined {
  if (at === undefined) return undefined
  const moment = Date.parse(at)
  if (Number.isNaN(moment))
    throw new CliError('CLI_OPTION_INVALID', `Expected --at to be an ISO date, got ${at}`)
  return () => moment
}

type JsonObject = Readonly<Record<string, unknown>>

/** One JSON object, over as many lines as it likes, or one a line. */
async function readRecords(file: string): Promise<JsonObject[]> {
  const text = await readText(file)
  const whole = parsed(text)
  const records =
    whole === undefined
      ? text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parsed(line)]))
      : [whole]
  const bad = records.indexOf(undefined)
  if (bad >= 0 || records.length === 0) {
    const which = records.length === 0 ? 'nothing' : `something else (record ${bad + 1})`
    throw new CliError('CLI_OPTION_INVALID', `Expected ${file} to hold JSON objects, got ${which}`)
  }
  return records as JsonObject[]
}

async function readText(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin)
  return readNamedFile(file)
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
