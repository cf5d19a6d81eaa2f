import { checkRetention, type RetentionPolicy } from '@recount/store'
import { CliError } from '../errors.ts'
import { readNamedFile } from '../named-file.ts'
import { plainLine } from '../plain-text.ts'

/** A retention policy from a file. Throws `CLI_FILE_UNREADABLE`, `STORE_RETENTION_INVALID`. */
export async function readRetention(path: string): Promise<RetentionPolicy> {
  const text = await readNamedFile(path)
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
