import { test } from 'node:test'
import { labelledErrors } from './corpus.ts'
import { needsData } from './data-set.ts'
import { fuzz } from './fuzz.ts'

test('100,000 broken errors give a diagnosis each, and nothing throws', needsData, () => {
  fuzz(
    100_000,
    1,
    labelledErrors().map(({ input }) => input),
  )
})
