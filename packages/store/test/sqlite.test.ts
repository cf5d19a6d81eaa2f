import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../src/index.ts'
import { storeContract } from './contract.ts'

storeContract('sqlite', async (t, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-store-'))
  const store = await openStore(join(folder, 'recount.db'), options)
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return store
})
