/** What a file that is no JSON begins with, what it is, and what to do with it. */
const FORMATS: readonly (readonly [head: readonly number[], what: string, instead: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with zstd', 'zstd -dc FILE | recount analyze -'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'compressed with xz', 'xz -dc FILE | recount analyze -'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'bzip2 -dc FILE | recount analyze -'],
  [[0x04, 0x22, 0x4d, 0x18], 'compressed with lz4', 'lz4 -dc FILE | recount analyze -'],
  [[0x50, 0x4b, 3, 4], 'a zip archive', 'unzip -p FILE | recount analyze -'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', "duckdb -c \"COPY (FROM 'FILE') TO 'FILE.jsonl'\""],
  [[...Buffer.from('SQLite f')], 'an SQLite database', 'a store is read by its name'],
]

/** Bytes that tell what a file is: few, since a pipe waits until they are there. */
export const FORMAT_BYTES = 8

/** Why a file that begins so is not read, and what to do; undefined for text. */
export function otherFormat(head: Buffer, name: string): string | undefined {
  const found = FORMATS.find(([bytes]) => head.subarray(0, bytes.length).equals(Buffer.from(bytes)))
  if (found === undefined) return undefined
  const [, what, instead] = found
  return `it is ${what}, which is not read: ${instead.replaceAll('FILE', plainName(name))}`
}

/** The encoding that a byte order mark names where it is not UTF-8. */
export function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined
}

const SEPARATORS = [',', ';', '\t', '|'] as const
/** Texts in quotes may have separators. */
const QUOTED = /"(?:[^"]|"")*"/g

/** What to do with a file of which the first lines look like a table, and none is JSON; undefined for anything else. */
export function tableHint(
  [first = '', second]: readonly string[],
  name: string,
): string | undefined {
  if (second === undefined || /[{}[\]]/.test(first)) return undefined
  const separator = SEPARATORS.find((mark) => {
    const count = countOf(first, mark)
    return count >= 2 && countOf(second, mark) === count
  })
  if (separator === undefined) return undefined
  const kind = separator === '\t' ? 'TSV' : 'CSV'
  return `it looks like ${kind}, which is not read: make JSON Lines of it first, as with duckdb -c "COPY (FROM read_csv('${plainName(name)}')) TO 'calls.jsonl'"`
}

function countOf(line: string, mark: string): number {
  return line.replaceAll(QUOTED, '').split(mark).length - 1
}

/** A name that means the same to every shell; any other is for the reader to put in. */
function plainName(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : 'FILE'
}
