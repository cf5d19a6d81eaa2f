import { StoreError } from './errors.ts'

/** Asks a store of several tenants for all of them: for operators, never for what a request brought in. */
export const EVERY_TENANT: unique symbol = Symbol('every tenant')

/** Whose records: a tenant's, or everybody's. The empty text is for records that name no tenant. */
export type TenantScope = string | typeof EVERY_TENANT

/** What every query has; in a store of several tenants `tenant` is required. */
export interface Scoped {
  readonly tenant?: TenantScope | undefined
}

/** A checked scope: undefined is everybody. */
export type Scope = string | undefined

/** Checks whose records a query asks for. Throws `STORE_TENANT_REQUIRED`, `STORE_OPTION_INVALID`. */
export function scopeOf({ tenant }: Scoped, multiTenant: boolean): Scope {
  if (tenant === EVERY_TENANT) return undefined
  if (typeof tenant === 'string') return tenant
  if (tenant !== undefined)
    throw new StoreError(
      'STORE_OPTION_INVALID',
      `Expected \`tenant\` to be a text or EVERY_TENANT, got ${typeof tenant}`,
    )
  if (!multiTenant) return undefined
  throw new StoreError(
    'STORE_TENANT_REQUIRED',
    'Expected `tenant` to say whose records are asked for: this store holds those of several tenants; give the id of one, or EVERY_TENANT',
  )
}

/** Whether records of a tenant are in a scope. */
export function isIn(scope: Scope, tenant: string | null | undefined): boolean {
  return scope === undefined || (tenant ?? '') === scope
}
