import { at, countAt, objectAt, pieceAt, textAt } from './json-values.ts'
import { type Part, toolArguments, toolCallPart } from './message.ts'
import type { Room } from './pieces.ts'

interface Slot {
  id: string | undefined
  name: string
  readonly index: number | undefined
  readonly custom: boolean
  args: string
  /** Arguments that came as an object, in one piece. */
  whole: unknown
}

/**
 * Tool calls of one choice, put together from pieces. A piece belongs to the call with its index; providers that give no
 * index, or one index to all calls, are told by the id: a new id with a name begins a new call.
 */
export class ToolCallPieces {
  readonly #slots: Slot[] = []
  /** The last slot of each index, and the first of each id. */
  readonly #byIndex = new Map<number, Slot>()
  readonly #byId = new Map<string, Slot>()
  readonly #room: Room

  constructor(room: Room) {
    this.#room = room
  }

  add(piece: unknown): boolean {
    const custom = objectAt(piece, 'custom')
    const called = custom ?? objectAt(piece, 'function')
    const id = textAt(piece, 'id')
    const name = textAt(called, 'name')
    const slot = this.#slot(countAt(piece, 'index'), id, name, custom !== undefined)
    if (slot === undefined) return false
    slot.id ??= id
    if (slot.id !== undefined && !this.#byId.has(slot.id)) this.#byId.set(slot.id, slot)
    if (name !== undefined && slot.name === '') slot.name = name
    const args = at(called, 'arguments') ?? at(called, 'input')
    if (typeof args === 'string') slot.args = this.#room.grow(slot.args, args)
    else if (args !== undefined && args !== null) slot.whole = args
    return true
  }

  parts(): Part[] {
    return this.#slots.map(({ id, name, custom, args, whole }) =>
      toolCallPart(id, name || 'unknown', whole ?? (custom ? args : toolArguments(args))),
    )
  }

  #slot(
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    custom: boolean,
  ): Slot | undefined {
    const known = index === undefined ? this.#unnumbered(id, name) : this.#byIndex.get(index)
    const isNew = known === undefined || (isOther(known.id, id) && name !== undefined)
    if (!isNew) return known
    if (!this.#room.slot()) return undefined
    const slot: Slot = { id, name: '', index, custom, args: '', whole: undefined }
    this.#slots.push(slot)
    if (index !== undefined) this.#byIndex.set(index, slot)
    return slot
  }

  #unnumbered(id: string | undefined, name: string | undefined): Slot | undefined {
    if (id !== undefined) return this.#byId.get(id) ?? this.#begun(name)
    return name === undefined ? this.#slots.at(-1) : undefined
  }

  /** A piece with a new id but no name goes on with the last call. */
  #begun(name: string | undefined): Slot | undefined {
    return name === undefined ? this.#slots.at(-1) : undefined
  }
}

/** The old `function_call` of a delta, as a piece of a tool call. */
export function oldFunctionPiece(delta: unknown): unknown {
  const called = objectAt(delta, 'function_call')
  if (called === undefined) return undefined
  return {
    index: 0,
    function: { name: textAt(called, 'name'), arguments: pieceAt(called, 'arguments') },
  }
}

function isOther(known: string | undefined, id: string | undefined): boolean {
  return known !== undefined && id !== undefined && known !== id
}
