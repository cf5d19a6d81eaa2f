import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { PolicyError } from './errors.ts'
import type { Policy } from './policy.ts'

/** A policy file's text as data; whether it is a policy is not checked. Throws `POLICY_INVALID` where it is not JSON. */
export function parsePolicy(text: string, file = 'the policy'): Policy {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Policy
  } catch (cause) {
    const message = `Expected ${file} to be JSON: ${(cause as Error).message}`
    const finding = { rule: null, key: 'the policy', expected: 'JSON', got: 'a text that is not' }
    throw new PolicyError('POLICY_INVALID', message, { cause, findings: [finding] })
  }
}

/** The text of a policy file. Throws `POLICY_FILE_UNREADABLE`. */
export function readPolicyFileSync(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

/** The same without waiting. */
export function readPolicyFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
}

function unreadable(file: string, cause: unknown): PolicyError {
  return new PolicyError(
    'POLICY_FILE_UNREADABLE',
    `Could not read the policy ${file}: ${(cause as Error).message}`,
    { cause },
  )
}
