// node bench/capture/conformance.mjs RIVAL: the nineteen behaviours of one library, as JSON on standard output.
import { BEHAVIOURS, checkBehaviour } from '../../packages/capture/dist/test/conformance.js'
import { conformanceServer, SAID } from '../../packages/capture/dist/test/conformance-server.js'
import { RIVALS } from './rivals.mjs'

const LIMIT_MS = 5000
const name = process.argv[2]
const rival = await RIVALS[name]()
// What a library leaves behind must not end the run.
process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

const results = []
for (const behaviour of BEHAVIOURS) {
  if (behaviour.of === 'record' && rival.told === undefined) {
    results.push({ name: behaviour.name, failed: null })
    continue
  }
  results.push({ name: behaviour.name, failed: await failureOf(behaviour) })
}
process.stdout.write(JSON.stringify(results), () => process.exit(0))

async function failureOf(behaviour) {
  const after = []
  const server = await conformanceServer({ after: (fn) => after.push(fn) })
  const client = await rival.open(`${server.url}/v1`)
  const subject = { name, Client: rival.Client, open: () => client, told: rival.told && told }
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), LIMIT_MS)
  })
  try {
    await Promise.race([checkBehaviour(behaviour, subject, server), late])
    return ''
  } catch (error) {
    return String(error?.message ?? error).split('\n')[0] || 'failed'
  } finally {
    clearTimeout(timer)
    for (const fn of after) await fn()
  }
}

/** Whatever shape a library keeps it in, it is known when it is there. Some need a moment. */
async function told() {
  for (let wait = 0; wait < 20; wait++) {
    if ((await rival.told()).length > 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return (await rival.told()).map((json) => {
    const text = json.replaceAll('\\', '')
    return {
      ended: true,
      text: [SAID, 'Once upon'].find((said) => text.includes(said)) ?? '',
      tools: ['weather_0', 'weather_1'].filter((tool) => text.includes(tool)),
    }
  })
}
