import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Neighbouring lines of a log file that were written on one day (UTC). */
export interface LogPart {
  readonly day: string
  readonly bytes: Buffer
  readonly lines: number
}

const LF = 0x0a
/** Where the time stands in a line: `time` of our records (milliseconds), or an ISO date, as other loggers have it. */
const TIME = /"(?:time|timestamp|@timestamp|ts)":(?:(\d{12,14})|"(\d{4}-\d{2}-\d{2})T)/

/** The lines of a finished log file by the day they were written on, in parts of at most about so many bytes. The same file gives the same parts. */
export async function* logParts(path: string, most: number): AsyncGenerator<LogPart> {
  let day: string | undefined
  let gathered: Buffer[] = []
  let bytes = 0
  const take = async (): Promise<LogPart> => {
    const part = {
      day: day ?? (await dayOfFile(path)),
      bytes: Buffer.concat(gathered),
      lines: gathered.length,
    }
    gathered = []
    bytes = 0
    return part
  }
  for await (const line of linesOf(path)) {
    const written = dayOf(line) ?? day
    const isOther = written !== day && day !== undefined
    if (gathered.length > 0 && (isOther || bytes >= most)) yield await take()
    day = written
    gathered.push(line)
    bytes += line.length
  }
  if (gathered.length > 0) yield await take()
}

/** Lines with their line feeds; one that is cut at the end gets one. */
export async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytesOf(path)) {
    const bytes = Buffer.concat([rest, chunk as Buffer])
    let start = 0
    for (let stop = bytes.indexOf(LF); stop >= 0; stop = bytes.indexOf(LF, start)) {
      yield bytes.subarray(start, stop + 1)
      start = stop + 1
    }
    rest = bytes.subarray(start)
  }
  if (rest.length > 0) yield Buffer.concat([rest, Buffer.from('\n')])
}

function bytesOf(path: string): AsyncIterable<unknown> {
  const file = createReadStream(path)
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file
}

function dayOf(line: Buffer): string | undefined {
  const [, ms, date] = TIME.exec(line.toString('latin1', 0, Math.min(line.length, 4096))) ?? []
  if (ms !== undefined) return new Date(Number(ms)).toISOString().slice(0, 10)
  // Only what is a date: tables are divided by it.
  return Number.isNaN(Date.parse(String(date))) ? undefined : date
}

async function dayOfFile(path: string): Promise<string> {
  return (await stat(path)).mtime.toISOString().slice(0, 10)
}
