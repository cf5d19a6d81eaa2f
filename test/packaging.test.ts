import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { install } from './installation.ts'
import { readManifest } from './repository.ts'

const installation = install(['@recount/logger'])
after(() => installation.remove())

const entries = ['record', 'redact', 'logger'].flatMap((folder) => {
  const { name, exports } = readManifest(`packages/${folder}`)
  const subpaths = Object.keys(exports ?? {}).filter((subpath) => !subpath.endsWith('.json'))
  return subpaths.map((subpath) => name + subpath.slice(1))
})

test('@recount/logger installs at most 25 packages', () => {
  assert.ok(installation.packages.length <= 25, installation.packages.join(', '))
})

test('@recount/logger installs at most 5 MB', () => {
  assert.ok(installation.bytes <= 5_000_000, `${installation.bytes} bytes`)
})

test('@recount/logger brings neither ajv nor a web framework', () => {
  const unwanted = ['ajv', 'express', 'fastify', 'hono', 'koa', '@opentelemetry/api']
  assert.deepEqual(
    unwanted.filter((name) => installation.packages.includes(name)),
    [],
  )
})

for (const entry of entries) {
  test(`${entry} can be imported on its own`, () => {
    const program = `console.log(typeof Object.keys(await import('${entry}'))[0])`
    assert.equal(installation.run(program, 'module').trim(), 'string')
  })

  test(`${entry} can be required, so no module of it awaits at its top`, () => {
    const program = `console.log(typeof Object.keys(require('${entry}'))[0])`
    assert.equal(installation.run(program, 'commonjs').trim(), 'string')
  })
}

test('an installed logger writes records that the installed validator finds valid', () => {
  const program = `
    import { createLogger } from '@recount/logger'
    import { validateRecord } from '@recount/record/validate'
    const lines = []
    const log = createLogger({ destination: { write: (line) => lines.push(JSON.parse(line)) } })
    await log.llm({ provider: 'acme', model: 'acme-large' }, async () => ({ text: 'hello' }))
    console.log(JSON.stringify(lines.map((line) => [line.event, validateRecord(line)])))`
  assert.deepEqual(JSON.parse(installation.run(program, 'module')), [
    ['llm_call_started', []],
    ['llm_call', []],
  ])
})

test('what is published has its sources, types and licence, and no tests', () => {
  const folder = join(installation.folder, 'node_modules', '@recount', 'logger')
  const source = readdirSync(join(folder, 'dist/src'))
  assert.ok(source.includes('index.d.ts') && existsSync(join(folder, 'src/index.ts')))
  assert.ok(existsSync(join(folder, 'LICENSE')))
  assert.ok(!existsSync(join(folder, 'dist/test')) && !existsSync(join(folder, 'test')))
})
