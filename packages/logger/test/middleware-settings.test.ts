import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { traceMiddleware as express } from '../src/middleware/express.ts'
import { traceMiddleware as fastify } from '../src/middleware/fastify.ts'
import { traceMiddleware as hono } from '../src/middleware/hono.ts'
import { traceMiddleware as jobs } from '../src/middleware/jobs.ts'
import { traceMiddleware as koa } from '../src/middleware/koa.ts'
import { traceMiddleware as lambda } from '../src/middleware/lambda.ts'
import { traceMiddleware as node } from '../src/middleware/node.ts'
import { memory } from './http-client.ts'

const SUBPATHS: Record<string, (options?: never) => unknown> = {
  express,
  fastify,
  hono,
  jobs,
  koa,
  lambda,
  node,
}

const WRONG: Record<string, [options: unknown, message: RegExp]> = {
  'no object': [null, /`options`.*null/],
  'an unknown option': [{ trustincoming: false }, /logger, trustIncoming.*`trustincoming`/],
  'a logger that is none': [{ logger: console }, /`logger`.*createLogger/],
  'a logger of null': [{ logger: null }, /`logger`/],
  'a trust that is no answer': [
    { trustIncoming: 'yes' },
    /`trustIncoming`.*boolean.*`yes` \(string\)/,
  ],
  'a name that is no function': [{ name: 'answer' }, /`name`.*function/],
  'a route that is no function': [{ route: '/users' }, /`route`.*function/],
  'bindings that are no function': [{ bindings: { user_id: '1' } }, /`bindings`.*function/],
  'an ignore that is no function': [{ ignore: ['/health'] }, /`ignore`.*function/],
}

for (const [subpath, traceMiddleware] of Object.entries(SUBPATHS)) {
  test(`${subpath}: options are checked when the middleware is made, and are all optional`, () => {
    for (const [name, [options, message]] of Object.entries(WRONG)) {
      assert.throws(
        () => traceMiddleware(options as never),
        { code: 'LOGGER_OPTION_INVALID', message },
        name,
      )
    }
    assert.equal(typeof traceMiddleware(), 'function')
    assert.equal(
      typeof traceMiddleware({
        logger: memory().log.child({ part: 'a' }),
        trustIncoming: true,
      } as never),
      'function',
    )
  })
}

test('an option that returns a promise counts as not given, and its rejection harms nobody', async () => {
  const { log, lines } = memory()
  const later = (): never => Promise.reject(new Error('later')) as never
  const trace = jobs({
    logger: log,
    trustIncoming: later,
    ignore: later,
    name: later,
    bindings: later,
  })
  assert.equal(await trace((_job: { name: string }) => 'done')({ name: 'send' }), 'done')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(lines.find(({ event }) => event === 'step')?.workflow, 'send')
})

test('no middleware imports a framework: only Node and this package', () => {
  const folder = new URL('../src/middleware/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.js') || file.endsWith('.d.ts'))
  assert.ok(files.length >= 2 * Object.keys(SUBPATHS).length)
  for (const file of files) {
    const source = readFileSync(new URL(file, folder), 'utf8')
    for (const [, specifier = ''] of source.matchAll(/(?:from|import) ?\(?['"]([^'"]+)['"]/g)) {
      assert.match(specifier, /^(\.|node:|@recount\/)/, `${file} imports ${specifier}`)
    }
  }
})
