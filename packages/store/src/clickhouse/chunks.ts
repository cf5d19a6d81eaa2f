/** So many values go into one query: they stand in its address. */
const CHUNK = 400

/** Asks for some values at a time, and puts the answers together. */
export async function inChunks<Value, Row>(
  values: readonly Value[],
  ask: (chunk: readonly Value[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let from = 0; from < values.length; from += CHUNK)
    rows.push(...(await ask(values.slice(from, from + CHUNK))))
  return rows
}
