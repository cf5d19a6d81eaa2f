import { openStore } from '../src/index.ts'
import { storeContract } from './contract.ts'

storeContract('memory', async (t, options) => {
  const store = await openStore(':memory:', options)
  t.after(() => store.close())
  return store
})
