import type { Facts } from './facts.ts'
import { answerOf, brief, isEmpty } from './said.ts'
import type { Verdict } from './verdict.ts'

/** A final answer that is empty though the model gave one: the application lost it on the way. */
export function blameFinals({ finals, calls, verdicts }: Facts): Verdict[] {
  const [final, call] = [finals.at(-1), calls.at(-1)]
  const said = call === undefined ? undefined : answerOf(call)
  if (final === undefined || call === undefined || said === undefined || said.text === '') return []
  const wasJudged = verdicts.some(({ lines }) => lines.some(({ passed }) => !passed))
  const kept = final.content.has('output')
  const isLost = kept && isEmpty(final.content.get('output'))
  if (!isLost || wasJudged || final.record.disposition === 'dropped') return []
  const { span_id } = final
  return [
    {
      part: 'application',
      span_id,
      summary: 'The model answered, and what the application gave out is empty.',
      confidence: 0.9,
      proof: [
        { span_id: call.span_id, event: 'content', field: 'output', says: brief(said.text) },
        { span_id, event: 'content', field: 'output', says: 'empty' },
      ],
      advice: 'Follow the answer from the call to the final response: it is lost in between.',
    },
  ]
}
