import { createLogger } from '../../packages/logger/dist/src/index.js'
import { subject } from '../call.mjs'

export function open() {
  const log = createLogger({ env: {}, level: 'silent', destination: { write() {} } })
  const answer = () => 1
  return { around: (fn) => fn(), record: () => log.llm(subject, answer) }
}
