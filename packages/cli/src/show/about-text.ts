import {
  type AnyRecord,
  beganAt,
  type Content,
  type EventTypes,
  type SpanNode,
} from '@recount/record'
import { durationText } from '../numbers-text.ts'
import { contentPreview } from './content-text.ts'
import type { Note } from './span-text.ts'

/** What people and programs said about a span, later: actions, judgements, diagnoses. */
export function aboutNotes(node: SpanNode, edits: ReadonlyMap<string, Content>): Note[] {
  const ended = beganAt(node)
  return node.about.flatMap((record) => notesOf(record, ended, edits))
}

/** What one line says about a span that ended then. */
export function notesOf(
  record: AnyRecord,
  ended: number,
  edits: ReadonlyMap<string, Content>,
): Note[] {
  const later = record.time - ended
  const when = later >= 1000 ? `, ${durationText(later)} later` : ''
  if (record.event === 'user_action') {
    const note: Note = { text: `user ${actionText(record)}${when}`, style: 'blue' }
    return [note, ...editNotes(record, edits)]
  }
  if (record.event === 'evaluation') {
    const { name, score, label, evaluator, explanation } = record
    const verdict = [score, label].filter((part) => part !== undefined && part !== null)
    const why = explanation ? `: ${explanation}` : ''
    return [
      { text: `${evaluator} judges ${name} ${verdict.join(' ')}${when}${why}`, style: 'blue' },
    ]
  }
  // The line of what failed says what it is; this one, how often it came.
  if (record.event === 'error_diagnosed' && record.count > 1)
    return [{ text: `diagnosis ${record.category}, seen ${record.count} times`, style: 'blue' }]
  return []
}

function actionText(record: EventTypes['user_action']): string {
  const { action, edit_distance, score, comment } = record
  const words: string[] = [action]
  if (edit_distance !== undefined) words.push(`${Math.round(edit_distance * 100)} %`)
  if (score !== undefined) words.push(String(score))
  return comment === undefined ? words.join(' ') : `${words.join(' ')}: ${comment}`
}

function editNotes(
  { content = [] }: EventTypes['user_action'],
  edits: ReadonlyMap<string, Content>,
): Note[] {
  const found = content.flatMap(({ digest }) => edits.get(digest) ?? [])
  return found.map((edit) => ({ text: `into: ${contentPreview(edit.content)}` }))
}
