import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Real logs, traces and answers of providers beside the repository; they are no part of it. */
export const DATA: string = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))

/** Options of a test that reads them: without them it is skipped, by name and with the reason. */
export const needsData: { readonly skip: string | false } = {
  skip: existsSync(DATA) ? false : 'needs the data set in ../shared/data, which is not here',
}
