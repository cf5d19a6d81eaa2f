import { findContract } from './contract/find.ts'
import { forgetContract } from './contract/forget.ts'
import { ingestContract } from './contract/ingest.ts'
import { numbersContract } from './contract/numbers.ts'
import type { Opened } from './contract/opened.ts'
import { phrasesContract } from './contract/phrases.ts'
import { siblingsContract } from './contract/siblings.ts'
import { tenantsContract } from './contract/tenants.ts'
import { tracesContract } from './contract/traces.ts'

/** What every store does, whatever it is built on. */
export function storeContract(name: string, open: Opened): void {
  ingestContract(name, open)
  findContract(name, open)
  tracesContract(name, open)
  numbersContract(name, open)
  phrasesContract(name, open)
  siblingsContract(name, open)
  forgetContract(name, open)
  tenantsContract(name, open)
}
