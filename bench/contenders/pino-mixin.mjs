import { AsyncLocalStorage } from 'node:async_hooks'
import { pino } from 'pino'
import { context, outcome, subject } from '../call.mjs'

const storage = new AsyncLocalStorage()
const ids = {
  trace_id: '86f2add8a5e3a85d3f0b15c3d47e0280',
  span_id: 'd7f55b9f83ccde7a',
  parent_span_id: '545fe6194f295e70',
}

export function open(folder) {
  const destination = pino.destination({ dest: `${folder}/pino-mixin.jsonl`, sync: true })
  const log = pino({ name: 'bench', mixin: () => ({ ...storage.getStore() }) }, destination).child({
    span_name: 'answer-question',
  })
  const labels = { ...ids, ...context }
  return {
    around: (fn) => fn(),
    record() {
      storage.run(labels, () => {
        log.info({ recount: 1, event: 'llm_call_started', ...subject }, 'llm_call_started')
        log.info(
          {
            recount: 1,
            event: 'llm_call',
            start_time: 1795226971548.366,
            duration_ms: 10.752,
            ...subject,
            status: 'ok',
            ...outcome,
          },
          'llm_call',
        )
      })
    },
  }
}
