import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { analyze, type Report } from '@recount/analyze'
import { indexFiles, openStore } from '../src/index.ts'

/** What is equal: all but what counts lines and bytes. */
export function numbersOf({ input, baseline, outcomes, ...numbers }: Report): object {
  const { levels: _, ...others } = outcomes
  const { records, interrupted, interrupted_exact, retries_unmatched, sampled_records } = input
  const { input: __, ...before } = baseline ?? { input: undefined }
  return {
    ...numbers,
    ...{ outcomes: others, before, records, interrupted, interrupted_exact },
    ...{ retries_unmatched, sampled_records },
  }
}

/** Of how many of these files the report was compared with that of a store into which the file was read. */
export async function comparedFiles(files: readonly string[]): Promise<number> {
  const options = { by: 'model,user,finish,hour' }
  let compared = 0
  for (const path of files) {
    const report = await analyze(path, options)
    if (report.input.records === 0) continue
    compared += 1
    const store = await openStore(':memory:')
    await indexFiles({ store, paths: [path] })
    const stored = await analyze({ name: path, lines: () => store.lines() }, options)
    await store.close()
    assert.deepEqual(numbersOf(stored), numbersOf(report), path)
  }
  return compared
}

/** Logs and documents in a folder and those in it. */
export function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    return entry.isDirectory() ? filesUnder(path) : /\.(?:jsonl?|txt|log)$/.test(path) ? [path] : []
  })
}
