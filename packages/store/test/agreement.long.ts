import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparedFiles, filesUnder } from './agreement.ts'
import { DATA, needsData } from './data-set.ts'

test(
  'every file that both read gives the same report from a store, to the last digit',
  needsData,
  async () => {
    assert.ok((await comparedFiles(filesUnder(DATA))) > 200)
  },
)
