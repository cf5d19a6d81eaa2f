import { join } from 'node:path'

/** Where content is; undefined for what no writer calls it so: entries may come from anywhere, and name any place. */
export function contentPath(dir: string, kid: unknown, ct: unknown): string | undefined {
  return isHex(kid, 16) && isHex(ct, 64) ? join(dir, 'content', kid, ct) : undefined
}

function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value)
}
