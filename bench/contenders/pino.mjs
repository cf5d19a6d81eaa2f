import { pino } from 'pino'
import { context, messages, outcome, subject } from '../call.mjs'

const ids = {
  trace_id: '86f2add8a5e3a85d3f0b15c3d47e0280',
  span_id: 'd7f55b9f83ccde7a',
  parent_span_id: '545fe6194f295e70',
}

export function open(folder, { bytes }) {
  const log = pino(
    { name: 'bench' },
    pino.destination({ dest: `${folder}/pino.jsonl`, sync: true }),
  )
  const input = bytes ? messages(bytes) : undefined
  return {
    around: (fn) => fn(),
    record() {
      if (input !== undefined) log.info({ ...ids, part: 'input', content: input })
      log.info(
        {
          recount: 1,
          event: 'llm_call_started',
          ...ids,
          ...context,
          span_name: 'answer-question',
          ...subject,
        },
        'llm_call_started',
      )
      log.info(
        {
          recount: 1,
          event: 'llm_call',
          ...ids,
          start_time: 1795226971548.366,
          duration_ms: 10.752,
          ...context,
          span_name: 'answer-question',
          ...subject,
          status: 'ok',
          ...outcome,
        },
        'llm_call',
      )
    },
  }
}
