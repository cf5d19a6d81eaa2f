import { readFileSync } from 'node:fs'
import { DiagnoseError } from './errors.ts'
import type { RuleFile } from './rule.ts'

/** Reads a file of rules; what is in it is checked where it is used. Throws `DIAGNOSE_RULES_UNREADABLE`, `DIAGNOSE_RULES_INVALID`. */
export function readRuleFile(file: string): RuleFile {
  const text = readFile(file)
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as RuleFile
  } catch (cause) {
    throw new DiagnoseError(
      'DIAGNOSE_RULES_INVALID',
      `Expected ${file} to be JSON: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DiagnoseError(
      'DIAGNOSE_RULES_UNREADABLE',
      `Could not read the rules ${file}: ${(cause as Error).message}`,
      { cause },
    )
  }
}
