import { isRow, type Row } from '@recount/record/shapes'

/** Lines of Claude Code beside the answers, and the texts of which one stands in each. */
const CLAUDE_CODE = {
  types: [
    ...['user', 'assistant', 'system', 'summary', 'progress', 'attachment'],
    ...['queue-operation', 'file-history-snapshot', 'custom-title', 'last-prompt'],
  ],
  texts: ['sessionId', 'leafUuid', 'messageId'],
}
/** Lines of Codex beside the counts of tokens. */
const CODEX_TYPES = ['session_meta', 'turn_context', 'response_item', 'event_msg', 'compacted']

/** Whether a line that is no call belongs to the transcript of an agent. */
export function isTranscriptLine(row: Row): boolean {
  const { type } = row
  if (typeof type !== 'string') return false
  if (CODEX_TYPES.includes(type)) return isRow(row.payload)
  const { types, texts } = CLAUDE_CODE
  return types.includes(type) && texts.some((key) => typeof row[key] === 'string')
}
