import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { openStore, type Store, type StoreOptions } from '../src/index.ts'

/** A folder that goes when the test ends. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'recount-store-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A store in a file, closed when the test ends. */
export async function storeIn(
  t: TestContext,
  path: string,
  options: StoreOptions = {},
): Promise<Store> {
  const store = await openStore(path, options)
  t.after(() => store.close())
  return store
}

/** Lines of a log. */
export function jsonl(records: readonly AnyRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}
