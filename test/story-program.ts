// The application of story.test.ts: answers one question, meets one provider error, and is killed in the middle of a call.
import { setImmediate } from 'node:timers/promises'
import { createLogger } from '@recount/logger'

const canary = ['the', 'canary', 'sings'].join('-')
const log = createLogger({ name: 'support', destination: 'logs/app.jsonl' })

await log.trace('answer-question', { session_id: 's-1', tenant_id: 'acme' }, async () => {
  const question = `When can I return shoes? ${canary}`
  await log.retrieval({ source: 'handbook', query: question }, async () => [
    { id: 'returns', score: 0.9, text: `Within 30 days. ${canary}` },
  ])
  const call = { provider: 'acme', model: 'acme-large', input: question }
  const reply = await log.llm(call, answering)
  await log.tool({ tool: 'open_ticket', arguments: { text: canary } }, async () => canary)
  await log.llm({ ...call, model: 'acme-small' }, failing).catch(() => 'handled')
  log.finalResponse({ output: reply, message_id: 'm-1' })
})
log.userAction({ message_id: 'm-1', action: 'accepted' })

await log.trace('never-answered', () =>
  log.llm({ provider: 'acme', model: 'acme-large', input: canary }, () => {
    process.kill(process.pid, 'SIGKILL')
  }),
)

async function answering(): Promise<object> {
  await setImmediate()
  return { text: `Within 30 days. ${canary}`, usage: { input_tokens: 42, output_tokens: 5 } }
}

async function failing(): Promise<never> {
  await setImmediate()
  throw Object.assign(new Error('Too many requests'), { status: 429, code: 'rate_limited' })
}
