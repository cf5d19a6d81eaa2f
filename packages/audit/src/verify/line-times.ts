const FORM = Buffer.from('"0000-00-00T00:00:00.000Z"')
const ZERO = 0x30
const NINE = 0x39

/** Follows the times of a log's lines. */
export class LineTimes {
  /** As it stands in the line, with its quotes; zeros before the first. */
  readonly #last: Buffer = Buffer.alloc(FORM.length)

  /** Goes on behind a time, as `last` gives it. */
  constructor(last = '') {
    this.#last.write(last, 'latin1')
  }

  /** The newest time, with its quotes; empty before the first. */
  get last(): string {
    return this.#last[0] === 0 ? '' : this.#last.toString('latin1')
  }

  /** Takes a line's time, which is between these bytes, unless it is none or earlier than the last. */
  take(bytes: Buffer, start: number, end: number): 'none' | 'earlier' | undefined {
    if (!isTime(bytes, start, end)) return 'none'
    const last = this.#last
    let at = 0
    while (at < FORM.length && bytes[start + at] === last[at]) at += 1
    if (at === FORM.length) return undefined
    if ((bytes[start + at] as number) < (last[at] as number)) return 'earlier'
    for (; at < FORM.length; at += 1) last[at] = bytes[start + at] as number
    return undefined
  }

  /** Takes an earlier time. */
  goBack(bytes: Buffer, start: number): void {
    bytes.copy(this.#last, 0, start, start + FORM.length)
  }
}

function isTime(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== FORM.length) return false
  for (let at = 0; at < FORM.length; at += 1) {
    const byte = bytes[start + at] as number
    const isDigit = byte >= ZERO && byte <= NINE
    if (FORM[at] === ZERO ? !isDigit : byte !== FORM[at]) return false
  }
  return true
}
