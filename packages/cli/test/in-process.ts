import { exitCodeOf } from '../src/errors.ts'
import { runCommand } from '../src/program.ts'
import type { Run } from './helpers.ts'

/** Runs `recount` in this process and this folder, which takes a fraction of a process of its own; not with stdin. */
export async function recountHere(
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<Run> {
  const before = process.cwd()
  let stdout = ''
  let stderr = ''
  process.chdir(cwd)
  try {
    const status = await runCommand(args, {
      ...{ columns: 80, color: false, watched: false },
      flush: async () => {},
      print: (text) => {
        stdout += text
      },
      say: (text) => {
        stderr += `${text}\n`
      },
      note: (text) => {
        stderr += text
      },
    })
    return { status, stdout, stderr }
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    return { status: exitCodeOf(error), stdout, stderr: `${stderr}${message} (${code})\n` }
  } finally {
    process.chdir(before)
  }
}
