import { nanoDollars, weightOf } from '../read/aggregate.ts'
import { RANK } from '../read/span-summary.ts'
import { IS_REPEATED, LENGTH, REPEATS_UNPRICED, repeatingSql } from './attempts.ts'
import {
  BLOCK_BITS,
  type CallBlock,
  FLAG,
  LABELS,
  labelColumn,
  packBlock,
  unpackBlock,
} from './call-block.ts'
import type { Connection, Row } from './connection.ts'

const SIZE = 1 << BLOCK_BITS

/** Blocks read at a time: some 8 MB. */
const READ_BLOCKS = 100

/** What is counted of all calls, block by block: as it was kept, else from their rows. */
export function* callBlocks(connection: Connection): Generator<CallBlock> {
  const last = lastBlock(connection)
  for (let from = 0; from <= last; from += READ_BLOCKS) {
    const kept = keptBlocks(connection, from)
    for (let block = from; block <= Math.min(last, from + READ_BLOCKS - 1); block += 1) {
      const packed = kept.get(block)
      yield packed === undefined ? readBlock(connection, block) : unpackBlock(packed)
    }
  }
}

function keptBlocks(connection: Connection, from: number): Map<number, Buffer> {
  const rows = connection.all(
    'SELECT block, data FROM call_blocks WHERE block >= ? AND block < ?',
    [from, from + READ_BLOCKS],
  )
  return new Map(rows.map(([block, data]) => [Number(block), data as Buffer]))
}

/** The first block of which all rows are there and that is not kept; undefined without one. */
export function missingBlock(connection: Connection): number | undefined {
  const [row] = connection.all(
    `WITH RECURSIVE wanted (block) AS
        (SELECT 0 UNION ALL SELECT block + 1 FROM wanted WHERE block + 1 < ?1)
      SELECT block FROM wanted WHERE block < ?1 AND block NOT IN (SELECT block FROM call_blocks) LIMIT 1`,
    [lastBlock(connection)],
  )
  return row === undefined ? undefined : Number(row[0])
}

/** Keeps a block; to be called within a write. It holds the lock for some 10 ms. */
export function keepBlock(connection: Connection, block: number): void {
  connection.run('INSERT OR REPLACE INTO call_blocks VALUES (?, ?)', [
    block,
    packBlock(readBlock(connection, block)),
  ])
}

/** What is written into the table of spans: rows that are replaced, and ids of spans. */
export interface Written {
  readonly replaced: readonly number[]
  /** Those that new rows repeat. */
  readonly repeated: readonly string[]
  /** Those of attempts that failed, or did before: of later ones, cost and length may be others now. */
  readonly failed: readonly string[]
}

/** Takes away the blocks that do not tell any more what the rows do; within a write. */
export function dropBlocks(connection: Connection, { replaced, repeated, failed }: Written): void {
  if (replaced.length > 0)
    connection.run(
      `DELETE FROM call_blocks WHERE block IN (SELECT value >> ${BLOCK_BITS} FROM json_each(?))`,
      [JSON.stringify(replaced)],
    )
  if (repeated.length > 0)
    connection.run(
      `DELETE FROM call_blocks WHERE block IN (SELECT s.id >> ${BLOCK_BITS} FROM json_each(?) AS j
        CROSS JOIN spans AS s ON s.span_id = unhex(j.value))`,
      [JSON.stringify(repeated)],
    )
  if (failed.length > 0)
    connection.run(
      `DELETE FROM call_blocks WHERE block IN (SELECT id >> ${BLOCK_BITS} FROM
        (${repeatingSql('SELECT unhex(value) AS span_id FROM json_each(?)')}))`,
      [JSON.stringify(failed)],
    )
}

function lastBlock(connection: Connection): number {
  return connection.number('SELECT max(id) FROM spans') >> BLOCK_BITS
}

const COLUMNS = [
  ...['s.start_time', LENGTH, 's.input_tokens'],
  ...['s.output_tokens', 's.cost_usd', 's.retry_of IS NOT NULL'],
  ...[IS_REPEATED, 's.sample_rate', REPEATS_UNPRICED],
  ...LABELS.map((label) => `s.${label}`),
]
const FIRST_LABEL = COLUMNS.length - LABELS.length

function readBlock(connection: Connection, block: number): CallBlock {
  const rows = connection.all(
    `SELECT ${COLUMNS.join(', ')} FROM spans AS s
      WHERE s.id >= ? AND s.id < ? AND s.event = 'llm_call' AND s.rank = ${RANK.ended}`,
    [block * SIZE, (block + 1) * SIZE],
  )
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => numberIn(row, at))
  const labels = LABELS.map((label, place) => {
    const texts = rows.map((row) => textIn(row, FIRST_LABEL + place))
    return [label, labelColumn(texts)] as const
  })
  const weights = Float64Array.from(rows, (row) => weightOf(row[7]))
  return {
    rows: rows.length,
    numbers: {
      ...{ start: column(0), duration: column(1), input: column(2), output: column(3) },
      nano: column(4).map(nanoDollars),
    },
    flags: Uint8Array.from(rows, flagsOf),
    weights: weights.every((weight) => weight === 1) ? undefined : weights,
    labels: Object.fromEntries(labels) as CallBlock['labels'],
  }
}

function numberIn(row: Row, at: number): number {
  const value = row[at]
  return typeof value === 'number' ? value : Number.NaN
}

function textIn(row: Row, at: number): string | null {
  const value = row[at]
  return value === null || value === undefined ? null : String(value)
}

function flagsOf(row: Row): number {
  const [isRetry, isRepeated, repeatsUnpriced] = [row[5] === 1, row[6] === 1, row[8] === 1]
  return (
    (isRetry ? FLAG.isRetry : 0) |
    (isRepeated ? FLAG.isRepeated : 0) |
    (repeatsUnpriced ? FLAG.repeatsUnpriced : 0)
  )
}
