import type { Engine } from '../engine.ts'
export async function openSqlite(
  _p: string,
  o: { multiTenant: boolean; readonly: boolean },
): Promise<Engine> {
  throw new Error(String(o))
}
