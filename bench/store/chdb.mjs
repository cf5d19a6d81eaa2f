// ClickHouse's engine in this process, a MergeTree of the same rows in the order of traces.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Session } from 'chdb'
import { COLUMNS, rowOf, TREE } from './rows-of.mjs'

const DOUBLES = ['start_time', 'duration_ms', 'cost_usd']

export async function open(path) {
  const session = new Session(path)
  const columns = COLUMNS.map(
    (name) => `${name} Nullable(${DOUBLES.includes(name) ? 'Float64' : 'String'})`,
  ).join(', ')
  session.query('CREATE DATABASE bench')
  session.query(
    `CREATE TABLE bench.spans (${columns}) ENGINE = MergeTree ORDER BY (trace_id, span_id) SETTINGS allow_nullable_key = 1`,
  )
  const ask = (sql) => {
    const numbered = sql.replace('FROM spans', 'FROM bench.spans')
    return async (...values) => {
      let at = 0
      const text = numbered.replaceAll('?', () => quoted(values[at++]))
      return session.query(text, 'JSONCompactEachRow').split('\n').length - 1
    }
  }
  const tree = ask(
    TREE.replace('JOIN spans', 'JOIN bench.spans').replace('UNION ALL SELECT', 'UNION ALL SELECT'),
  )
  return {
    add: async (spans) => {
      const values = spans.map((span) => JSON.stringify(rowOf(span))).join('\n')
      await session.insert({ table: 'bench.spans', values, format: 'JSONCompactEachRow' })
    },
    flush: async () => session.query('OPTIMIZE TABLE bench.spans FINAL'),
    find: ask(
      'SELECT span_id, body FROM spans WHERE position(body, ?) > 0 ORDER BY start_time DESC LIMIT 50',
    ),
    tree: (trace_id) => tree(trace_id, trace_id),
    list: ask('SELECT span_id, line FROM spans ORDER BY start_time DESC LIMIT 50'),
    listOf: ask(
      'SELECT span_id, line FROM spans WHERE user_id = ? ORDER BY start_time DESC LIMIT 50',
    ),
    percentiles: ask(
      `SELECT model, count(), sum(cost_usd), quantilesExact(0.5, 0.9, 0.95, 0.99)(duration_ms)
        FROM spans WHERE event = 'llm_call' AND status = 'ok' GROUP BY model`,
    ),
    close: async () => session.cleanup?.(),
    bytes: () => sizeOf(path),
  }
}

function quoted(value) {
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function sizeOf(dir) {
  let bytes = 0
  for (const name of readdirSync(dir, { recursive: true })) {
    const { size, isFile } = statSync(join(dir, name))
    if (isFile) bytes += size
  }
  return bytes
}
