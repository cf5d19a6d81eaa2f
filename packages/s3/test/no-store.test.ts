import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { S3Client } from '@aws-sdk/client-s3'
import { type ConnectOptions, shipLogs, verifyS3 } from '../src/index.ts'
import {
  appendTo,
  folder,
  PREFIX,
  settings,
  shipLog,
  startStore,
  URL_OF_LOG,
} from './shipping-place.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const PAGE = '<!doctype html><html><body>It works</body></html>'

/** What answers where somebody has mistaken the endpoint, and what comes of shipping to it. */
const SERVERS: Readonly<Record<string, { answer: Answer; code: string }>> = {
  'a page for everything': {
    answer: (_, response) => response.end(PAGE),
    code: 'S3_STORE_WEAK',
  },
  'yes and nothing else': {
    answer: (_, response) => response.end(),
    code: 'S3_STORE_WEAK',
  },
  'a server that takes everything and keeps nothing': {
    answer: ({ method }, response) => response.writeHead(method === 'PUT' ? 200 : 404).end(),
    code: 'S3_STORE_WEAK',
  },
  'a page that is not found': {
    answer: (_, response) => response.writeHead(404).end(PAGE),
    code: 'S3_STORE_WEAK',
  },
  'a login': {
    answer: (_, response) => response.writeHead(301, { location: '/login' }).end(),
    code: 'S3_REFUSED',
  },
  'a gateway whose server is down': {
    answer: (_, response) => response.writeHead(502).end(PAGE),
    code: 'S3_UNREACHABLE',
  },
}

for (const [name, { answer, code }] of Object.entries(SERVERS)) {
  test(`${name}: no log counts as shipped there, also where a weak store is allowed`, async (t) => {
    const path = folder(t)
    await appendTo(path, 3)
    const connection = await serve(t, answer)
    for (const allowWeakStore of [false, true])
      await assert.rejects(shipLog(path, { connection }, { allowWeakStore }), { code })
  })

  test(`${name}: no log file counts as shipped there`, async (t) => {
    const connection = await serve(t, answer)
    const file = join(folder(t), 'app.2026-11-21.1.jsonl')
    writeFileSync(file, '{"event":"x","time":1795219200000}\n')
    const expected = name === 'a page that is not found' ? 'S3_REFUSED' : code
    await assert.rejects(shipLogs({ url: URL_OF_LOG, files: [file], ...connection }), {
      code: expected,
    })
  })
}

test('what a server says that is no store is told with its status', async (t) => {
  const path = folder(t)
  await appendTo(path, 1)
  const connection = await serve(t, (_, response) => response.writeHead(403).end(PAGE))
  await assert.rejects(shipLog(path, { connection }), /the store refuses: HTTP 403/)
})

test('a refusal says what to do about it', async (t) => {
  const path = folder(t)
  const store = await startStore(t)
  await appendTo(path, 1)
  await assert.rejects(shipLog(path, store, { url: 's3://another/log' }), /make the bucket/)
  const { credentials } = store.standIn
  const client = new S3Client({
    ...settings(store.standIn, store.endpoint),
    credentials: { ...credentials, secretAccessKey: 'wrong' },
  })
  t.after(() => client.destroy())
  await assert.rejects(shipLog(path, store, { client }), /check the credentials/)
})

for (const [what, method, key] of [
  ['entries', 'PUT', /\/entries\//],
  ['a checkpoint', 'PUT', /\/checkpoints\//],
  ['the head', 'PUT', /\/checkpoint$/],
  ['to read the head', 'GET', /\/checkpoint$/],
] as const)
  test(`without the right to ${method === 'PUT' ? `put ${what}` : what} nothing counts as shipped, and with it all is`, async (t) => {
    const path = folder(t)
    const store = await startStore(t)
    await appendTo(path, 5)
    store.standIn.faults.add({ kind: '403', method, key })
    await assert.rejects(shipLog(path, store), {
      code: 'S3_REFUSED',
      message: /rights of docs\/s3/,
    })
    assert.equal(store.bucket.current(`${PREFIX}checkpoint`), undefined)
    await shipLog(path, store)
    const report = await verifyS3({ url: URL_OF_LOG, ...store.connection })
    assert.deepEqual([report.result, report.size], ['unanchored', 8])
  })

test('a listing that never ends is given up', async (t) => {
  const page = `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker></ListVersionsResult>`
  const connection = await serve(t, (_, response) => response.end(page))
  await assert.rejects(verifyS3({ url: URL_OF_LOG, ...connection }), {
    code: 'S3_REFUSED',
    message: /same page again/,
  })
})

/** A server that is no S3, until the test ends. */
async function serve(t: TestContext, answer: Answer): Promise<ConnectOptions> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const client = new S3Client(settings({ credentials }, endpoint))
  t.after(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { client, attempts: 2, backoff: 1 }
}
