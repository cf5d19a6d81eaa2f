// One measurement: so many calls recorded by one contender in a process of its own. Prints nanoseconds a call.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [name, calls, bytes] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))
const { open } = await import(`./contenders/${name}.mjs`)
const contender = open(folder, { bytes: Number(bytes) })
const BATCH = 500
let caller = 0

await contender.around(() => run(Math.min(Number(calls), 2000)))
const cpu = process.cpuUsage()
await contender.around(() => run(Number(calls)))
await contender.close?.()
const { user, system } = process.cpuUsage(cpu)
process.stdout.write(
  JSON.stringify({
    caller: (caller * 1e6) / Number(calls),
    cpu: ((user + system) * 1e3) / Number(calls),
  }),
)
rmSync(folder, { recursive: true, force: true })
process.exit(0)

/** In batches with a turn of the event loop between them, as in a server, so that batching exporters can work. */
async function run(count) {
  caller = 0
  for (let done = 0; done < count; done += BATCH) {
    const start = performance.now()
    for (let i = 0; i < BATCH && done + i < count; i++) contender.record()
    caller += performance.now() - start
    await new Promise((resolve) => setImmediate(resolve))
  }
}
