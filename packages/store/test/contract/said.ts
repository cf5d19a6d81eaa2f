import type { AnyRecord } from '@recount/record'
import { call, content, message, record } from '../records.ts'

/** A call, what it was asked, and what somebody thought of its answer. */
export function said(at: number, text: string, fields: object = {}): AnyRecord[] {
  return [
    call(at, at, { message_id: `m-${at}`, metadata: { note: text }, ...fields }),
    content(at, at, 'input', [message('system', 'You help.'), message('user', text)], fields),
    record('user_action', {
      action: 'rated',
      message_id: `m-${at}`,
      comment: `about ${text}`,
      ...fields,
    }),
  ]
}
