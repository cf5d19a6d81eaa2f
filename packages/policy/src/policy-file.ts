import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { deepFinding, findingText, isDeep } from './check-policy.ts'
import { PolicyError } from './errors.ts'
import type { Policy } from './policy.ts'

/** A policy file's text as data; whether it is a policy is not checked. Throws `POLICY_INVALID` where it is not JSON or is nested too deep. */
export function parsePolicy(text: string, file = 'the policy'): Policy {
  const value = parsed(text, file)
  if (!isDeep(value)) return value as Policy
  const finding = deepFinding()
  throw new PolicyError('POLICY_INVALID', `${file}: ${findingText(finding)}`, {
    findings: [finding],
  })
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    const message = `Expected ${file} to be JSON: ${(cause as Error).message}`
    const finding = { rule: null, key: 'the policy', expected: 'JSON', got: 'a text that is not' }
    throw new PolicyError('POLICY_INVALID', message, { cause, findings: [finding] })
  }
}

// Without O_NONBLOCK a named pipe would stop the process until somebody writes to it.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY
const MOST_BYTES = 1024 * 1024

/** The text of a policy file, a regular file of at most 1 MiB. Throws `POLICY_FILE_UNREADABLE`. */
export function readPolicyFileSync(file: string): string {
  let fd: number | undefined
  try {
    fd = openSync(file, FLAGS)
    checkFile(fstatSync(fd))
    return readFileSync(fd, 'utf8')
  } catch (cause) {
    throw unreadable(file, cause)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** The same without waiting. */
export async function readPolicyFile(file: string): Promise<string> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, FLAGS)
    checkFile(await handle.stat())
    return await handle.readFile('utf8')
  } catch (cause) {
    throw unreadable(file, cause)
  } finally {
    await handle?.close()
  }
}

function checkFile(stats: Stats): void {
  if (!stats.isFile()) throw new Error('it is a folder, pipe or device; give a regular file')
  if (stats.size > MOST_BYTES) throw new Error('it has more than 1 MiB, the most that is read')
}

function unreadable(file: string, cause: unknown): PolicyError {
  return new PolicyError(
    'POLICY_FILE_UNREADABLE',
    `Could not read the policy ${file}: ${(cause as Error).message}`,
    { cause },
  )
}
