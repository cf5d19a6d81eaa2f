import { readFile } from 'node:fs/promises'

/** Reads a file that this package brings, such as `verifier/verify.py`. The compiled package and its bundle lie equally deep. */
export function packageFile(path: string): Promise<Buffer> {
  return readFile(new URL(`../../${path}`, import.meta.url))
}
