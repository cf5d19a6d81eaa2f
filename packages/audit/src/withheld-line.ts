/** What stands in a bundle in the place of an entry that is not shown. */
export interface WithheldLine {
  readonly seq: number
  /** Leaf hash of the entry, base64. */
  readonly leaf: string
}

const FORM =
  /^\{"leaf":"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)","reason":"(?:period|filter)","seq":(0|[1-9]\d{0,15}),"withheld":true\}$/
const START = Buffer.from('{"leaf":"')
/** Longer than any such line. */
const MOST_BYTES = 160

/** A line for an entry that is withheld, in canonical form and without LF. */
export function withheldLine({ seq, leaf }: WithheldLine, reason: 'period' | 'filter'): string {
  return `{"leaf":"${leaf}","reason":"${reason}","seq":${seq},"withheld":true}`
}

/** What a line withholds; undefined where it is no such line. */
export function parseWithheld(bytes: Buffer, start: number, end: number): WithheldLine | undefined {
  if (end - start > MOST_BYTES) return undefined
  if (bytes.compare(START, 0, START.length, start, start + START.length) !== 0) return undefined
  const [, leaf, digits] = FORM.exec(bytes.toString('latin1', start, end)) ?? []
  const seq = Number(digits)
  return leaf !== undefined && Number.isSafeInteger(seq) ? { leaf, seq } : undefined
}
