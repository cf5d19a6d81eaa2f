import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createLogger, type Logger, type LoggerOptions } from '../src/index.ts'
import { CUT_POSITIONS, POSITIONS } from './canary-story.ts'
import { core, forms, PERSONAL, SECRETS } from './canary-values.ts'
import { temporaryFolder } from './folder.ts'

/** What may open content, alone and together. */
const FLAGS: Readonly<Record<string, Record<string, string>>> = {
  'no flag': {},
  LLM_DEBUG: { LLM_DEBUG: '1' },
  LLM_LOG_PROMPTS: { LLM_LOG_PROMPTS: '1' },
  LLM_LOG_RESPONSES: { LLM_LOG_RESPONSES: '1' },
  LLM_SAVE_CONVERSATIONS: { LLM_SAVE_CONVERSATIONS: 'true' },
  LLM_DEBUG_IN_PRODUCTION: { NODE_ENV: 'production', LLM_DEBUG: '1', LLM_DEBUG_IN_PRODUCTION: '1' },
}

const POLICIES: Readonly<Record<string, LoggerOptions['policy']>> = {
  'no policy': undefined,
  production: { version: 1, extends: 'production' },
  development: { version: 1, extends: 'development' },
  strict: { version: 1, extends: 'strict' },
  'everything as text': { version: 1, defaults: { content: 'text', redact: 'personal' } },
}

for (const [policyName, policy] of Object.entries(POLICIES)) {
  // Personal data is what a developer's machine may keep.
  const values = policyName === 'development' ? SECRETS : { ...SECRETS, ...PERSONAL }
  for (const [flag, env] of Object.entries(FLAGS)) {
    test(`${policyName}, ${flag}: no value of any kind gets into any file from any position`, (t) => {
      for (const [kind, value] of Object.entries(values)) {
        const folder = toldEverything(t, value, { ...(policy && { policy }), env })
        assertAbsent(folder, core(value), kind)
      }
    })
  }
}

test('the canary sings where it may: what is looked for would be found', (t) => {
  const harmless = 'canary bird'
  const folder = toldEverything(t, harmless, { content: 'files', env: {} })
  for (const position of ['metadata', 'content'])
    assert.ok(
      textsUnder(folder).some(({ text }) => text.includes(harmless)),
      position,
    )
  assert.ok(forms(harmless).every((form) => form !== ''))
})

function toldEverything(t: TestContext, value: string, options: LoggerOptions): string {
  const folder = temporaryFolder(t)
  const env = { ...options.env }
  if (env.LLM_SAVE_CONVERSATIONS) env.LLM_SAVE_CONVERSATIONS = join(folder, 'conversations')
  const destination = join(folder, 'app.jsonl')
  const sinks = { second: join(folder, 'second.jsonl') }
  const keyFile = join(folder, 'recount.key')
  const logger = createLogger({ ...options, env, destination, sinks, keyFile, level: 'trace' })
  // Who consents to be known by name is known by name.
  const consent = ['content']
  logger.trace('t', { user_id: value, consent, session_id: value }, () => {
    tellFrom(logger, value, 1)
  })
  tellFrom(logger, value, 2)
  return folder
}

/** In every place; of the offsets at which it may be cut, every second one. */
function tellFrom(logger: Logger, value: string, first: number): void {
  for (const tell of Object.values(POSITIONS)) tell(logger, value)
  for (const tell of Object.values(CUT_POSITIONS)) tell(logger, value, first)
}

function assertAbsent(folder: string, value: string, kind: string): void {
  for (const { path, text } of textsUnder(folder)) {
    for (const form of forms(value)) {
      const at = text.indexOf(form)
      assert.equal(at, -1, `${kind} in ${path}: ${text.slice(Math.max(0, at - 300), at + 80)}`)
    }
  }
}

function textsUnder(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile() && !path.endsWith('.key'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}
