import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { outputFailure } from '../whole-file.ts'

/**
 * Adds a line to a log, in one write and on disk when it resolves; a new log is its owner's alone. After a line that was
 * cut by a crash it begins a new one. `CLI_OUTPUT_FAILED` when it cannot.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await file.read(last, 0, 1, size - 1)
      const isCut = size > 0 && last[0] !== 0x0a
      await file.appendFile(`${isCut ? '\n' : ''}${line}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw outputFailure(path, cause)
  }
}
