import { pathKeys, putAt } from './json-path.ts'
import { at, isObject, type JsonObject, listAt, objectAt, pieceAt, textAt } from './json-values.ts'
import type { Room } from './pieces.ts'

/** A function call under way: its arguments come in pieces, each with its place. */
interface OpenCall {
  readonly call: Record<string, unknown>
  readonly args: Record<string, unknown>
  /** The path whose text goes on. */
  unfinished: string | undefined
}

/** Puts together function calls whose arguments Gemini streams; a call in one piece is whole at once. */
export class GeminiCalls {
  readonly #room: Room
  #open: OpenCall | undefined

  constructor(room: Room) {
    this.#room = room
  }

  /** Takes a piece; the call that begins with it, if one does. */
  take(piece: JsonObject): JsonObject | undefined {
    const name = textAt(piece, 'name')
    const begins = name !== undefined || this.#open === undefined
    if (begins && name === undefined && Object.keys(piece).length === 0) return undefined
    const open = begins ? this.#begin(piece) : (this.#open as OpenCall)
    for (const part of listAt(piece, 'partialArgs')) this.#put(open, part)
    if (!begins && isObject(piece.args)) this.#room.put(open.args, piece.args)
    this.#open = at(piece, 'willContinue') === true ? open : undefined
    return begins ? open.call : undefined
  }

  #begin(piece: JsonObject): OpenCall {
    const args = { ...objectAt(piece, 'args') }
    return { call: { ...piece, args }, args, unfinished: undefined }
  }

  #put(open: OpenCall, part: unknown): void {
    const path = textAt(part, 'jsonPath')
    const keys = path === undefined ? undefined : pathKeys(path)
    if (keys === undefined || !this.#room.slot()) return
    const text = pieceAt(part, 'stringValue')
    const goesOn = open.unfinished === path
    putAt(open.args, keys, (held) => this.#value(part, text, goesOn ? held : undefined), this.#room)
    open.unfinished = at(part, 'willContinue') === true ? path : undefined
  }

  #value(part: unknown, text: string | undefined, held: unknown): unknown {
    if (text !== undefined) return this.#room.grow(typeof held === 'string' ? held : '', text)
    return at(part, 'numberValue') ?? at(part, 'boolValue') ?? null
  }
}
