import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The environment of a process that is to reach the stand-in. */
export type StoreEnv = Readonly<Record<string, string>>

const S3 = dirname(fileURLToPath(import.meta.resolve('@recount/s3/package.json')))

/** Starts S3 on loopback in a process of its own, with one bucket `bucket`, until the test ends. */
export async function startStore(t: TestContext, ...flags: string[]): Promise<StoreEnv> {
  const program = join(S3, 'dist/test/fixtures/serve-stand-in.js')
  const child = spawn(process.execPath, [program, 'bucket', ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(async () => {
    child.stdin.end()
    await once(child, 'close')
  })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const { endpoint, accessKeyId, secretAccessKey } = JSON.parse(first.toString())
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
  }
}
