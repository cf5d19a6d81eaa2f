import { test } from 'node:test'
import { checkPlanted } from './planted-siblings.ts'

test('each of 500 planted siblings is asked for, and the right one is first', async (t) => {
  await checkPlanted(t, () => true)
})
