import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The folder with verify.sh and verify.py. */
const VERIFIER = fileURLToPath(new URL('../../verifier/', import.meta.url))

/** How a script ended. */
export interface Ended {
  readonly status: number | null
  readonly output: string
}

/** Runs verify.sh, with no program in reach but those that it says it needs. */
export function shell(args: readonly string[]): Promise<Ended> {
  const child = spawnTool('sh', [`${VERIFIER}verify.sh`, ...args])
  child.stdin?.end()
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** Runs verify.py: many times in one process, because starting Python takes longer than verifying a small log. */
export function python(args: readonly string[]): Promise<Ended> {
  scripts ??= new PythonRuns()
  return scripts.run(args)
}

let scripts: PythonRuns | undefined

/** Calls the script's `main` for each line of arguments and answers with a line; what would be a traceback is the status 99. */
const DRIVER = `
import contextlib, importlib.util, io, json, sys, traceback
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
for line in sys.stdin:
    sys.argv = ["verify.py", *json.loads(line)]
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = verify.main()
            said.flush()
        except SystemExit as end:
            status = end.code
            said.flush()
        except BaseException:
            status, said = 99, io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")
            traceback.print_exc(file=said)
            said.flush()
    print(json.dumps([status, said.buffer.getvalue().decode()]), flush=True)
`

const MOVING = `
import importlib.util, os, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
log, after = sys.argv[2:4]
parts = verify.Log.parts
def moving(self):
    found = parts(self)
    if os.path.exists(after):
        os.rename(log, log + ".before")
        os.rename(after, log)
    return found
verify.Log.parts = moving
sys.argv = ["verify.py", log]
sys.exit(verify.main())
`

/** Runs verify.py on a folder that becomes another once its files have been listed. */
export function pythonOnMoving(dir: string, after: string): Ended {
  const PATH = pathWithoutNode()
  const args = ['-c', MOVING, `${VERIFIER}verify.py`, dir, after]
  const { status, stdout, stderr } = spawnSync(join(PATH, 'python3'), args, {
    env: { PATH },
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

class PythonRuns {
  readonly #child: ChildProcess
  readonly #waiting: ((ended: Ended) => void)[] = []

  constructor() {
    const child = spawnTool('python3', ['-c', DRIVER, `${VERIFIER}verify.py`], 'inherit')
    this.#child = child
    assert.ok(child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [status, output] = JSON.parse(line) as [number, string]
      this.#waiting.shift()?.({ status, output })
      if (this.#waiting.length === 0) this.#hold(false)
    })
    child.once('close', (status) => {
      for (const answer of this.#waiting) answer({ status, output: 'python3 ended' })
    })
  }

  run(args: readonly string[]): Promise<Ended> {
    this.#hold(true)
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#child.stdin?.write(`${JSON.stringify(args)}\n`)
    })
  }

  /** The process that waits for nothing must not keep this one alive; it ends with it. */
  #hold(isHeld: boolean): void {
    const held = [this.#child, this.#child.stdout, this.#child.stdin] as unknown as Held[]
    for (const handle of held) isHeld ? handle.ref() : handle.unref()
  }
}

interface Held {
  ref(): void
  unref(): void
}

function spawnTool(
  command: string,
  args: readonly string[],
  stderr: 'pipe' | 'inherit' = 'pipe',
): ChildProcess {
  const PATH = pathWithoutNode()
  return spawn(join(PATH, command), args, { env: { PATH }, stdio: ['pipe', 'pipe', stderr] })
}

/** What verify.sh and verify.py say that they need, and nothing else. */
const TOOLS =
  'awk base64 basename cat chmod cut dirname expr find grep head ls mkdir mktemp od openssl printf rm sed sh sha256sum sort tail test tr uniq wc'

let tools: string | undefined

/** A folder with these programs alone; one for all tests of a process. */
function pathWithoutNode(): string {
  if (tools !== undefined) return tools
  const dir = mkdtempSync(join(tmpdir(), 'recount-tools-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  for (const tool of TOOLS.split(' ')) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' })
    if (stdout.startsWith('/')) symlinkSync(stdout.trim(), join(dir, tool))
  }
  // What is in the path may be a script that looks for the real one.
  const python = ['-c', 'import sys; print(sys.executable)']
  const { stdout } = spawnSync('python3', python, { encoding: 'utf8' })
  symlinkSync(stdout.trim(), join(dir, 'python3'))
  const found = spawnSync(join(dir, 'sh'), ['-c', 'command -v node'], { env: { PATH: dir } })
  assert.notEqual(found.status, 0, 'node is in reach of the scripts')
  tools = dir
  return dir
}
