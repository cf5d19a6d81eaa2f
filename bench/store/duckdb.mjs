// DuckDB, a table of the same rows, filled by its appender.
import { statSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { COLUMNS, rowOf, TREE } from './rows-of.mjs'

const DOUBLES = ['start_time', 'duration_ms', 'cost_usd']

export async function open(path) {
  const instance = await DuckDBInstance.create(`${path}.duckdb`, { threads: '2' })
  const connection = await instance.connect()
  const columns = COLUMNS.map((name) => `${name} ${DOUBLES.includes(name) ? 'DOUBLE' : 'VARCHAR'}`)
  await connection.run(`CREATE TABLE spans (${columns.join(', ')})`)
  let appender = await connection.createAppender('spans')
  const ask = (sql) => {
    let statement
    return async (...values) => {
      statement ??= await connection.prepare(sql)
      for (const [at, value] of values.entries()) statement.bindVarchar(at + 1, value)
      return (await (await statement.run()).getRows()).length
    }
  }
  const tree = ask(TREE)
  return {
    add: async (spans) => {
      for (const span of spans) {
        for (const value of rowOf(span)) {
          if (value === null) appender.appendNull()
          else if (typeof value === 'number') appender.appendDouble(value)
          else appender.appendVarchar(value)
        }
        appender.endRow()
      }
      appender.flushSync()
    },
    flush: async () => {
      appender.closeSync()
      appender = undefined
      await connection.run('CHECKPOINT')
    },
    find: ask(
      'SELECT span_id, body FROM spans WHERE contains(body, ?) ORDER BY start_time DESC LIMIT 50',
    ),
    tree: (trace_id) => tree(trace_id, trace_id),
    list: ask('SELECT span_id, line FROM spans ORDER BY start_time DESC LIMIT 50'),
    listOf: ask(
      'SELECT span_id, line FROM spans WHERE user_id = ? ORDER BY start_time DESC LIMIT 50',
    ),
    percentiles: ask(
      `SELECT model, count(*), sum(cost_usd), quantile_cont(duration_ms, [0.5, 0.9, 0.95, 0.99])
        FROM spans WHERE event = 'llm_call' AND status = 'ok' GROUP BY model`,
    ),
    close: async () => {
      connection.closeSync()
      instance.closeSync()
    },
    bytes: () => statSync(`${path}.duckdb`).size,
  }
}
