import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Test vectors of others beside the repository; they are no part of it. */
export const VECTORS: string = fileURLToPath(
  new URL('../../../../../shared/data/vectors/', import.meta.url),
)

/** Options of a test that reads them: without them it is skipped, by name and with the reason. */
export const needsData: { readonly skip: string | false } = {
  skip: existsSync(VECTORS) ? false : 'needs the data set in ../shared/data, which is not here',
}

/** All JSON files below a folder of the vectors, by path. */
export function jsonVectors<T>(folder: string): [string, T][] {
  const names = readdirSync(`${VECTORS}${folder}`, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(`${VECTORS}${folder}/${name}`, 'utf8')) as T])
}
