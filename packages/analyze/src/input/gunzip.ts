import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib'
import { GzipSteps } from './gzip-steps.ts'

/** What zlib hands over at a time; damage within loses what it has not handed over yet. */
const INFLATED_BYTES = 64 * 1024

const CUT = 'the gzip data is cut: its end is missing'
const WRONG_SUM =
  'the gzip data is damaged (its checksum is wrong): all of its text was read, and may be wrong'

/** Told what is wrong; `isWhole` where that leaves all text as it was written. */
type Damaged = (reason: string, isWhole?: boolean) => void

/**
 * The text of a gzip file (RFC 1952): of all its members, also behind zeros between them. What follows them and is no
 * gzip is told and left out. Member by member, since zlib loses the end of a text behind which it finds something else.
 */
export async function* gunzip(
  raw: AsyncGenerator<Buffer>,
  onDamage: Damaged = () => {},
): AsyncGenerator<Buffer> {
  const steps = new GzipSteps(raw)
  try {
    let isGzip: boolean
    do {
      const reason = yield* member(steps)
      if (reason !== undefined) onDamage(reason, reason === WRONG_SUM)
      if (reason !== undefined && reason !== WRONG_SUM) return
      isGzip = (await steps.skipZeros()) && (await startsMember(steps))
    } while (isGzip)
    const rest = await steps.count()
    if (rest > 0) onDamage(foreign(rest), true)
  } finally {
    await steps.close()
  }
}

function foreign(bytes: number): string {
  const what =
    bytes === 1 ? '1 byte behind the gzip data is' : `${bytes} bytes behind the gzip data are`
  return `${what} no gzip and left out`
}

async function startsMember(steps: GzipSteps): Promise<boolean> {
  const start = await steps.take((bytes) => (bytes.length < 3 ? undefined : 3))
  if (start === undefined) return false
  steps.back(start)
  return start[0] === 0x1f && start[1] === 0x8b && start[2] === DEFLATE
}

/** The text of one member; what is wrong with it, if anything. */
async function* member(steps: GzipSteps): AsyncGenerator<Buffer, string | undefined> {
  const header = await steps.take(headerBytes)
  if (header === undefined) return CUT
  if (header.length === 0) return damaged('its header cannot be read')
  let sum = 0
  let length = 0
  const text = inflate(steps)
  for (;;) {
    const { done, value } = await text.next()
    if (done && value !== undefined) return value
    if (done) break
    sum = crc32(value, sum)
    length += value.length
    yield value
  }
  const trailer = await steps.take((bytes) => (bytes.length < 8 ? undefined : 8))
  if (trailer === undefined) return CUT
  const isRight = trailer.readUInt32LE(0) === sum && trailer.readUInt32LE(4) === length % 2 ** 32
  return isRight ? undefined : WRONG_SUM
}

const DEFLATE = 8
const FIXED_BYTES = 10
/** A name or comment goes on to a zero: no header of anybody is longer. */
const MAX_HEADER_BYTES = 256 * 1024
const FLAGS = { headerSum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 }

/** How long the header is that a member begins with; undefined where more is needed to tell, 0 where it is none. */
function headerBytes(bytes: Buffer): number | undefined {
  const [, , method, flags = 0] = bytes
  if (bytes.length < FIXED_BYTES) return undefined
  if (method !== DEFLATE || (flags & FLAGS.reserved) !== 0) return 0
  const length = endOfNames(bytes, flags, endOfExtra(bytes, flags))
  if (length !== undefined && length <= bytes.length) return length
  return bytes.length > MAX_HEADER_BYTES ? 0 : undefined
}

function endOfExtra(bytes: Buffer, flags: number): number | undefined {
  if ((flags & FLAGS.extra) === 0) return FIXED_BYTES
  const at = FIXED_BYTES + 2
  return bytes.length < at ? undefined : at + bytes.readUInt16LE(FIXED_BYTES)
}

function endOfNames(bytes: Buffer, flags: number, from: number | undefined): number | undefined {
  let at = from
  for (const flag of [FLAGS.name, FLAGS.comment]) {
    if (at === undefined || (flags & flag) === 0) continue
    const zero = bytes.indexOf(0, at)
    at = zero === -1 ? undefined : zero + 1
  }
  return at === undefined ? undefined : at + ((flags & FLAGS.headerSum) === 0 ? 0 : 2)
}

/** What deflated data comes to, and why there is no more of it, unless it came to its end. */
async function* inflate(steps: GzipSteps): AsyncGenerator<Buffer, string | undefined> {
  const inflated: Buffer[] = []
  const stream = createInflateRaw({ chunkSize: INFLATED_BYTES })
  stream.on('data', (chunk: Buffer) => inflated.push(chunk))
  stream.on('error', () => {})
  try {
    let ready: Buffer[] = []
    for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
      const writing = write(stream, step)
      // What came of the last step is looked at while this one is being decompressed.
      yield* ready
      const { problem, rest } = await writing
      ready = inflated.splice(0)
      if (problem === undefined && rest === undefined) continue
      yield* ready
      if (rest !== undefined) steps.back(rest)
      return problem
    }
    yield* ready
    return CUT
  } finally {
    stream.destroy()
  }
}

interface Written {
  /** What is wrong with the data, if anything. */
  readonly problem?: string
  /** What follows the data, once it has come to its end. */
  readonly rest?: Buffer
}

/** Feeds one step. */
function write(stream: InflateRaw, step: Buffer): Promise<Written> {
  const before = stream.bytesWritten
  return new Promise((resolve) => {
    const settle = (written: Written) => {
      stream.off('error', failed).off('end', ended)
      resolve(written)
    }
    const failed = ({ message }: Error) => settle({ problem: damaged(message) })
    // Without a call of the write's callback when bytes follow.
    const ended = () => settle({ rest: step.subarray(stream.bytesWritten - before) })
    stream.once('error', failed).once('end', ended)
    stream.write(step, (error) => (error ? failed(error) : settle({})))
  })
}

function damaged(why: string): string {
  return `the gzip data is damaged (${why}): up to 64 KiB of text before that place are lost`
}
