import { pieceText } from './pieces.ts'

/** Which piece of an input is what was asked: the last message of the user, else the last one; undefined without any. */
export function queryPiece(pieces: readonly string[]): string | undefined {
  return pieces.findLast((piece) => piece.includes('"role":"user"')) ?? pieces.at(-1)
}

/** What was asked, as a text of at most 10,000 characters. */
export function queryText(piece: string): string {
  return pieceText(piece).slice(0, 10_000).toWellFormed()
}
