import { hash } from 'node:crypto'

/** SHA-256 as S3 has it: base64. */
export function sha256(bytes: Buffer): string {
  return hash('sha256', bytes, 'base64')
}
