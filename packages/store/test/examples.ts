import assert from 'node:assert/strict'
import type { AnyRecord } from '@recount/record'
import {
  type EvalExample,
  type ExportEvalsOptions,
  exportEvals,
  openStore,
  type Store,
} from '../src/index.ts'
import { call, content } from './records.ts'

/** Takes nothing away: what redaction does is tested where it is built. */
const redact = (value: unknown): { value: unknown } => ({ value })

/** A store in memory of these records. */
export async function storeOf(records: readonly AnyRecord[], multiTenant = false): Promise<Store> {
  const store = await openStore(':memory:', { multiTenant })
  const { invalid } = await store.ingest(records)
  assert.equal(invalid, 0)
  return store
}

/** All examples. */
export async function exported(
  store: Store,
  options: Partial<ExportEvalsOptions> = {},
): Promise<EvalExample[]> {
  const examples: EvalExample[] = []
  for await (const example of exportEvals(store, { redact, ...options })) examples.push(example)
  return examples
}

/** The example of one call with this content. */
export async function exampleOf(
  parts: Readonly<Record<string, unknown>>,
  fields: object = {},
): Promise<EvalExample> {
  const records = Object.entries(parts).map(([part, value]) =>
    content(1, 1, part as Parameters<typeof content>[2], value),
  )
  const [example] = await exported(await storeOf([call(1, 1, fields), ...records]))
  assert.ok(example)
  return example
}
