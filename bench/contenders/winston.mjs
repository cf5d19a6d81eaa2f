import winston from 'winston'
import { context, outcome, subject } from '../call.mjs'

const ids = {
  trace_id: '86f2add8a5e3a85d3f0b15c3d47e0280',
  span_id: 'd7f55b9f83ccde7a',
  parent_span_id: '545fe6194f295e70',
}

export function open(folder) {
  const file = new winston.transports.File({ filename: `${folder}/winston.jsonl` })
  const log = winston.createLogger({
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    transports: [file],
  })
  return {
    around: (fn) => fn(),
    record() {
      log.info('llm_call_started', { event: 'llm_call_started', ...ids, ...context, ...subject })
      log.info('llm_call', {
        event: 'llm_call',
        ...ids,
        ...context,
        duration_ms: 10.752,
        ...subject,
        status: 'ok',
        ...outcome,
      })
    },
    /** winston's own `end` fails while lines wait, so we wait for them. */
    async close() {
      while (log.writableLength + log.readableLength + file.writableLength > 0)
        await new Promise((resolve) => setTimeout(resolve, 5))
    },
  }
}
