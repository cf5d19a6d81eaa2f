import type { Count, Digest, RecordedError, Status, TerminalLine } from '../line.ts'
import type { ContentRef } from './content.ts'

/** One retrieved piece of text. */
export interface Chunk {
  /** Where it comes from. */
  source_id?: string
  /** How well it matched. */
  score?: number
  /** Whose data it is. */
  subject_id?: string
  /** Keyed digest of its text, where content is kept. */
  digest?: Digest
  /** Size of its text, UTF-8 bytes. */
  bytes?: Count
}

/** Documents were looked up for the model. */
export interface Retrieval extends TerminalLine {
  event: 'retrieval'
  /** The index, table or service that was asked. */
  source: string
  /** For whom. */
  subject_id?: string
  /** How it ended. */
  status: Status
  /** What was found, in order. */
  chunks: Chunk[]
  /** What failed. */
  error?: RecordedError
  /** Query and chunks, by digest. */
  content?: ContentRef[]
}
