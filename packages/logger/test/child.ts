import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a child process said and how it ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** Runs a compiled program of test/fixtures in a folder, with only these variables. */
export async function runFixture(
  name: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const program = fileURLToPath(import.meta.resolve(`./fixtures/${name}.js`))
  const child = spawn(process.execPath, [program, ...args], { cwd, env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { stdout, stderr, code }
}
