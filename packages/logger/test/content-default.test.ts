import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createLogger } from '../src/create-logger.ts'
import type { LoggerOptions } from '../src/options.ts'
import { filesIn, linesIn, temporaryFolder, textIn } from './folder.ts'
import { assertValid } from './helpers.ts'
import { CANARY, STORY_PARTS, tellStory } from './nine-signals.ts'
import { takeWarnings } from './quiet-warnings.ts'

takeWarnings()

/** Tells the story to a logger that writes into a folder of its own. */
async function told(
  t: TestContext,
  options: LoggerOptions = {},
  folder = temporaryFolder(t),
): Promise<string> {
  const log = createLogger({
    destination: join(folder, 'app.jsonl'),
    keyFile: join(folder, 'recount.key'),
    level: 'trace',
    env: {},
    ...options,
  })
  await tellStory(log)
  assertValid(linesIn(folder))
  return folder
}

test('by default no content is written anywhere, and no key is made', async (t) => {
  const folder = await told(t)
  assert.deepEqual(filesIn(folder), ['app.jsonl'])
  assert.doesNotMatch(textIn(folder), new RegExp(CANARY))
  assert.ok(linesIn(folder).length > 12)
})

test('in production no option, call or flag writes content', async (t) => {
  const env = {
    NODE_ENV: 'production',
    LLM_DEBUG: '1',
    LLM_LOG_PROMPTS: '1',
    LLM_LOG_RESPONSES: '1',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
  }
  for (const content of ['files', 'inline'] as const) {
    const folder = temporaryFolder(t)
    const saving = { ...env, LLM_SAVE_CONVERSATIONS: join(folder, 'saved') }
    await told(t, { content, env: saving }, folder)
    assert.deepEqual(filesIn(folder), ['app.jsonl'])
    assert.doesNotMatch(textIn(folder), new RegExp(CANARY))
  }
})

test('where content is open, each part is written: the canary is a canary', async (t) => {
  const folder = await told(t, { content: 'files' })
  const contents = linesIn(folder).filter((line) => line.event === 'content')
  assert.deepEqual([...new Set(contents.map((line) => String(line.part)))].sort(), STORY_PARTS)
  // Of uploads nothing is kept but what they are.
  for (const { part, content } of contents.filter((line) => line.part !== 'files'))
    assert.match(JSON.stringify(content), new RegExp(CANARY), String(part))
})

test('the metadata file holds no content even where content is open', async (t) => {
  const folder = await told(t, { content: 'files' })
  const metadata = readFileSync(join(folder, 'app.jsonl'), 'utf8').split('\n')
  // The message of a failed parse quotes what it could not read, where the raw answer is kept anyway.
  const telling = metadata.filter((line) => line.includes(CANARY))
  assert.deepEqual(
    telling.map((line) => (JSON.parse(line) as { rule?: unknown }).rule),
    ['parse'],
  )
})

test('the parts that nobody asked for stay closed', async (t) => {
  const folder = await told(t, { env: { LLM_LOG_RESPONSES: '1' } })
  const parts = linesIn(folder).flatMap((line) => (line.event === 'content' ? [line.part] : []))
  assert.deepEqual([...new Set(parts)].sort(), [
    'output',
    'parsed',
    'raw_response',
    'tool_arguments',
    'tool_result',
    'user_edit',
  ])
})
