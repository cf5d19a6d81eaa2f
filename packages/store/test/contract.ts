import { auditContract } from './contract/audit.ts'
import { evalsContract } from './contract/evals.ts'
import { filtersContract } from './contract/filters.ts'
import { findContract } from './contract/find.ts'
import { forgetContract } from './contract/forget.ts'
import { ingestContract } from './contract/ingest.ts'
import { linesContract } from './contract/lines.ts'
import { numbersContract } from './contract/numbers.ts'
import type { Opened } from './contract/opened.ts'
import { phrasesContract } from './contract/phrases.ts'
import { queriesContract } from './contract/queries.ts'
import { remarksContract } from './contract/remarks.ts'
import { retentionContract } from './contract/retention.ts'
import { siblingsContract } from './contract/siblings.ts'
import { tenantRoutesContract } from './contract/tenant-routes.ts'
import { tenantsContract } from './contract/tenants.ts'
import { tracesContract } from './contract/traces.ts'
import { treatedContract } from './contract/treated-ids.ts'

/** What every store does, whatever it is built on. */
export function storeContract(name: string, open: Opened): void {
  ingestContract(name, open)
  findContract(name, open)
  filtersContract(name, open)
  tracesContract(name, open)
  numbersContract(name, open)
  linesContract(name, open)
  phrasesContract(name, open)
  queriesContract(name, open)
  siblingsContract(name, open)
  evalsContract(name, open)
  forgetContract(name, open)
  remarksContract(name, open)
  tenantsContract(name, open)
  tenantRoutesContract(name, open)
  retentionContract(name, open)
  treatedContract(name, open)
  auditContract(name, open)
}
