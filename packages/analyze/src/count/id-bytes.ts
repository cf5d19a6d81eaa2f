/** Bytes of an id in text that fit in memory that is used again; longer ones get their own. */
const SCRATCH_BYTES = 1024
/** Bytes behind it that may be looked at. */
const MARGIN_BYTES = 4

/** The UTF-8 bytes of an id in text, made again and again in place. */
export class IdBytes {
  readonly #scratch: DataView = viewOf(Buffer.alloc(SCRATCH_BYTES + MARGIN_BYTES))
  /** Where they are, from the beginning. */
  view: DataView = this.#scratch
  length = 0

  /** Of a text, until the next. */
  ofText(text: string): this {
    const fits = text.length * 3 <= SCRATCH_BYTES
    this.view = fits ? this.#scratch : viewOf(Buffer.alloc(text.length * 3 + MARGIN_BYTES))
    const { buffer, byteOffset, byteLength } = this.view
    this.length = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).write(text)
    return this
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
