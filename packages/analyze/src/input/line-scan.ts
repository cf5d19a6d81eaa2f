import { LINE_SCAN_MODULE } from './line-scan-module.ts'
import { ScanMemory } from './scan-memory.ts'

/** More than all tables of a scanner and its window take; what is not used is not there. */
const MEMORY_BYTES = 3 << 20
const PAGE_BYTES = 1 << 16
/** Chunks up to this size are scanned this way: those of files, pipes and zlib are smaller. */
const WINDOW_BYTES = 1 << 20
/** Exact as doubles are. */
const POWERS = 16

/** What the module of `line-scan.wat` does; places are addresses in its memory. */
interface Exports {
  readonly line: (at: number, base: number) => number
  readonly members: (at: number, key: number, base: number) => number
}

/** What is used of WebAssembly, of which the types of Node know nothing. */
interface Wasm {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly scan: Readonly<Record<string, unknown>> },
  ) => { readonly exports: unknown }
}

/** Arrays by the names that `line-scan.wat` has for their addresses. */
type Arrays = Readonly<Record<string, { readonly byteOffset: number }>> & {
  readonly slots: Uint16Array
}

/**
 * The memory of a scanner, and what reads lines in it sixteen bytes at a time: nothing does where there is no
 * WebAssembly (`node --jitless`) or no room for it.
 */
export class LineScan {
  readonly memory: ScanMemory
  readonly #memory: { readonly buffer: ArrayBuffer } | undefined
  readonly #state: Int32Array
  readonly #window: Uint8Array
  #exports: Exports | undefined
  #base = 0

  /** `isPlain` does without WebAssembly. */
  constructor(isPlain = false) {
    this.#memory = isPlain ? undefined : wasmMemory()
    this.memory = new ScanMemory(this.#memory?.buffer ?? new ArrayBuffer(MEMORY_BYTES))
    this.#state = this.memory.words(4)
    this.#window = this.memory.bytes(this.#memory === undefined ? 0 : WINDOW_BYTES)
  }

  /** Whether lines are read here; else all is left to the scanner. */
  get isOn(): boolean {
    return this.#base !== 0
  }

  /** The key that was read last; 0 where none was. */
  get key(): number {
    return this.#state[0] as number
  }

  /** Where the first of the texts has this number, a line is left. */
  set stop(text: number) {
    this.#state[1] = text
  }

  /** Begins to work with arrays of its memory. */
  start(arrays: Arrays): void {
    if (this.#memory === undefined) return
    const masks = this.memory.bytes(32).fill(0xff, 0, 16)
    const powers = this.memory.doubles(POWERS)
    for (let i = 0; i < POWERS; i++) powers[i] = 10 ** i
    const { slots } = arrays
    const addresses = Object.entries({ ...arrays, masks, powers, state: this.#state })
    this.#exports = instance({
      ...Object.fromEntries(addresses.map(([name, { byteOffset }]) => [name, byteOffset])),
      memory: this.#memory,
      slotMask: slots.length - 1,
    })
  }

  /** Looks at these bytes from now on. */
  use(bytes: Uint8Array): void {
    const isRoom = this.#exports !== undefined && bytes.length <= this.#window.length
    if (isRoom) this.#window.set(bytes)
    this.#base = isRoom ? this.#window.byteOffset : 0
  }

  /** Empties the registers and reads the object that begins at a place, as `members` does. */
  line(at: number): number {
    return (this.#exports as Exports).line(at + this.#base, this.#base) - this.#base
  }

  /**
   * Reads members of an object from the comma before them on, after a key: the place of the last comma, or of what
   * stands in its place, where it stops.
   */
  members(at: number, key: number): number {
    return (this.#exports as Exports).members(at + this.#base, key, this.#base) - this.#base
  }
}

function wasm(): Wasm | undefined {
  return (globalThis as { readonly WebAssembly?: Wasm }).WebAssembly
}

function wasmMemory(): { readonly buffer: ArrayBuffer } | undefined {
  const found = wasm()
  const pages = MEMORY_BYTES / PAGE_BYTES
  try {
    return found && new found.Memory({ initial: pages, maximum: pages })
  } catch {
    // Where addresses are rationed (`ulimit -v`).
    return undefined
  }
}

/** Undefined on a processor that lacks the instructions. */
function instance(scan: Readonly<Record<string, unknown>>): Exports | undefined {
  const { Module, Instance } = wasm() as Wasm
  try {
    const module = new Module(Buffer.from(LINE_SCAN_MODULE, 'base64'))
    return new Instance(module, { scan }).exports as Exports
  } catch {
    return undefined
  }
}
