/** Bytes per entry of a pointer map, and the kinds of pages that hold rows: roots and all below them. SQLite's file format, 1.8. */
const ENTRY_BYTES = 5
const ROW_PAGES: readonly number[] = [1, 5]

/** The page on which the lock of the file lies; it holds nothing. */
const LOCK_BYTE = 0x40000000

/** The page that tells what kind a page is; the page itself where it is such a map. */
export function mapOf(page: number, pageBytes: number): number {
  if (page < 2) return 0
  const span = Math.floor(pageBytes / ENTRY_BYTES) + 1
  const map = Math.floor((page - 2) / span) * span + 2
  return map === LOCK_BYTE / pageBytes + 1 ? map + 1 : map
}

/** Whether a page holds rows, as its map says. The first one always does. */
export function holdsRows(page: number, map: Buffer | undefined, pageBytes: number): boolean {
  if (page === 1) return true
  const at = (page - mapOf(page, pageBytes) - 1) * ENTRY_BYTES
  return map !== undefined && at >= 0 && ROW_PAGES.includes(map[at] ?? 0)
}

/** The parts of a page of rows in which nothing is kept, but where rows may have been: SQLite's file format, 1.6. */
export function freeParts(page: number, bytes: Buffer): [from: number, to: number][] {
  const head = page === 1 ? 100 : 0
  const kind = bytes[head]
  if (kind !== 2 && kind !== 5 && kind !== 10 && kind !== 13) return []
  const length = kind < 8 ? 12 : 8
  const rows = bytes.readUInt16BE(head + 3)
  const content = bytes.readUInt16BE(head + 5) || 65_536
  const parts: [number, number][] = [[head + length + 2 * rows, content]]
  // A free block begins with where the next one is, and its own size.
  for (let at = bytes.readUInt16BE(head + 1); at > 0 && at + 4 <= bytes.length; ) {
    parts.push([at + 4, at + bytes.readUInt16BE(at + 2)])
    const next = bytes.readUInt16BE(at)
    if (next <= at) break
    at = next
  }
  return parts.filter(([from, to]) => from < to && to <= bytes.length)
}
