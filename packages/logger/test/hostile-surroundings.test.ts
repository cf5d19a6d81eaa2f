import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger } from '../src/create-logger.ts'
import { linesIn, temporaryFolder } from './folder.ts'
import { assertValid } from './helpers.ts'
import { tellStory } from './nine-signals.ts'
import { takeWarnings } from './quiet-warnings.ts'

const warnings = takeWarnings()
const CALL = { provider: 'acme', model: 'acme-large', input: 'question' }

async function codes(): Promise<(string | undefined)[]> {
  await new Promise((resolve) => setImmediate(resolve))
  return warnings.map(({ code }) => code)
}

test('a destination whose write throws costs lines, said once, and nothing else', async () => {
  let writes = 0
  const destination = {
    write(): never {
      writes += 1
      throw new Error('the disk is on fire')
    },
  }
  const log = createLogger({ destination, content: 'inline', keyFile: false, env: {} })
  await tellStory(log)
  assert.equal(
    log.llm(CALL, () => 7),
    7,
  )
  const error = new Error('mine')
  assert.throws(
    () =>
      log.llm(CALL, () => {
        throw error
      }),
    (thrown) => thrown === error,
  )
  assert.ok(writes > 20)
  assert.deepEqual(await codes(), ['LOGGER_RECORDING_FAILED'])
  assert.match(warnings[0]?.message ?? '', /the disk is on fire/)
})

test('a content folder that cannot be made costs content, said, and no metadata', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'content'), 'a file stands where the folder should be')
  const log = createLogger({
    destination: join(folder, 'app.jsonl'),
    content: 'files',
    keyFile: join(folder, 'recount.key'),
    env: {},
  })
  await tellStory(log)
  const events = linesIn(folder).map((line) => line.event)
  assert.equal(events.filter((event) => event === 'llm_call').length, 2)
  assert.ok(!events.includes('content'))
  assertValid(linesIn(folder))
  assert.ok((await codes()).includes('LOGGER_DESTINATION_FAILED'))
})

test('a key file that cannot be read costs the match of digests, said once, and no content', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'recount.key'))
  const log = createLogger({
    destination: join(folder, 'app.jsonl'),
    content: 'files',
    keyFile: join(folder, 'recount.key'),
    env: {},
  })
  await tellStory(log)
  const contents = linesIn(folder).filter((line) => line.event === 'content')
  assert.ok(contents.length > 10)
  assertValid(contents)
  const keys = contents.map((line) => String(line.digest).split(':')[1])
  assert.equal(new Set(keys).size, 1)
  const said = (await codes()).filter((code) => code === 'LOGGER_KEY_UNAVAILABLE')
  assert.equal(said.length, 1)
})

test('a conversations folder that cannot be made costs the file, and is said', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'saved'), '')
  const lines: string[] = []
  const log = createLogger({
    destination: { write: (line: string) => void lines.push(line) },
    env: { LLM_SAVE_CONVERSATIONS: join(folder, 'saved') },
  })
  const before = (await codes()).length
  assert.equal(
    log.llm(CALL, () => 'answer'),
    'answer',
  )
  assert.equal(lines.length, 2)
  assert.deepEqual((await codes()).slice(before), ['LOGGER_RECORDING_FAILED'])
})
