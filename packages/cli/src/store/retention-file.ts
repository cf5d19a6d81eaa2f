import { readFile } from 'node:fs/promises'
import { checkRetention, type RetentionPolicy } from '@recount/store'
import { CliError } from '../errors.ts'
import { plainLine } from '../plain-text.ts'

/** A retention policy from a file. Throws `CLI_NO_INPUT`, `STORE_RETENTION_INVALID`. */
export async function readRetention(path: string): Promise<RetentionPolicy> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new CliError('CLI_NO_INPUT', `Could not read ${plainLine(path)}: ${cause.message}`, {
      cause,
    })
  })
  const policy = parsed(path, text)
  checkRetention(policy)
  return policy as RetentionPolicy
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown
  } catch (cause) {
    throw new CliError('CLI_OPTION_INVALID', `${plainLine(path)} is no JSON: ${String(cause)}`, {
      cause,
    })
  }
}
