import { createLogger } from '../../packages/logger/dist/lib/index.js'
import { context, messages, outcome, subject } from '../call.mjs'

export function open(folder, { bytes }) {
  const destination = {
    path: `${folder}/recount.jsonl`,
    every: 'never',
    maxBytes: Number.POSITIVE_INFINITY,
  }
  const log = createLogger({
    name: 'bench',
    env: {},
    keyFile: false,
    destination,
    content: bytes ? 'files' : 'off',
  })
  const input = bytes ? messages(bytes) : undefined
  return {
    around: (fn) => log.trace('answer-question', context, fn),
    record() {
      log.start({ event: 'llm_call', ...subject, input }).end(outcome)
    },
  }
}
