import type { Recorder } from '@recount/logger/testing'
import type { EventTypes } from '@recount/record'

type Call = EventTypes['llm_call']

/** The terminal lines so far. */
export function calls({ records }: Recorder): Call[] {
  return records('llm_call')
}

/** The one terminal line; fails where there is none or more. */
export function onlyCall(recorder: Recorder): Call {
  const [call, ...more] = calls(recorder)
  if (call === undefined || more.length > 0)
    throw new Error(`Expected one terminal line, got ${call === undefined ? 0 : more.length + 1}`)
  const started = recorder.records('llm_call_started').length
  if (started !== 1) throw new Error(`Expected one start line, got ${started}`)
  return call
}

/** The text of the recorded answer. */
export function outputText(recorder: Recorder, { span_id }: Call): string {
  const output = recorder.content(span_id, 'output') as { parts: { content?: string }[] }[]
  return (output ?? []).flatMap(({ parts }) => parts.map(({ content }) => content ?? '')).join('')
}
