import { open, rename, rm } from 'node:fs/promises'
import { CliError } from './errors.ts'

/** Writes a file so that others see all of it or what was there before. `CLI_OUTPUT_FAILED` when it cannot be written. */
export async function writeWhole(path: string, text: string): Promise<void> {
  // Beside the target: a rename across file systems is not one step.
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o644)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new CliError(
      'CLI_OUTPUT_FAILED',
      `Could not write ${path}: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}
