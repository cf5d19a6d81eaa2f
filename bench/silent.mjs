// What a recorded call costs when the level is silent, beside pino's own silent line.
import { pino } from 'pino'
import { Bench } from 'tinybench'
import { createLogger } from '../packages/logger/dist/lib/index.js'
import { subject } from './call.mjs'

const CALLS = 10_000
const nowhere = { write() {} }
const log = createLogger({ env: {}, level: 'silent', destination: nowhere })
const peer = pino({ level: 'silent' }, nowhere)
const answer = () => 1

/** Nanoseconds of one call, the median over runs of many calls. */
export async function silentCosts() {
  const bench = new Bench({ time: 500 })
  bench.add('recount', () => {
    for (let i = 0; i < CALLS; i++) log.llm(subject, answer)
  })
  bench.add('pino', () => {
    for (let i = 0; i < CALLS; i++) peer.info(subject, 'llm_call')
  })
  await bench.run()
  return Object.fromEntries(
    bench.tasks.map(({ name, result }) => [
      name,
      { caller: (result.latency.p50 * 1e6) / CALLS, cpu: Number.NaN },
    ]),
  )
}
