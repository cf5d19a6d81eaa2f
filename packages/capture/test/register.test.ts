import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AnyRecord } from '@recount/record'
import { environmentBaseUrls } from '../src/fetch/environment-base-urls.ts'
import { findProvider } from '../src/fetch/find-provider.ts'
import { resolveOptions } from '../src/options.ts'
import { chatStream, completion } from './chat-wire.ts'
import { events, json, loopback } from './loopback.ts'

const APP = fileURLToPath(new URL('./fixtures/uninstrumented-app.js', import.meta.url))
const REGISTER = import.meta.resolve('@recount/capture/register')

test('an application that is started with --import has its calls to configured base URLs recorded, and no others', async (t) => {
  const server = await loopback(t, ({ body }, response) => {
    if (body.stream) events(response).end(chatStream('I am ', 'a model').join(''))
    else json(response, completion('A model'))
  })
  const folder = mkdtempSync(join(tmpdir(), 'recount-register-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const log = join(folder, 'app.jsonl')
  const child = spawn(
    process.execPath,
    ['--import', REGISTER, APP, server.url.replace('localhost', '127.0.0.1')],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        LLM_LOG_FILE: log,
        RECOUNT_BASE_URLS: `${server.url}/v1=openai`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const [status] = await once(child, 'close')
  assert.deepEqual([status, said], [0, 'I am a model'])
  assert.equal(server.seen.length, 2)
  const records = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AnyRecord)
  assert.deepEqual(
    records.map((record) => [record.event, 'status' in record ? record.status : undefined]),
    [
      ['llm_call_started', undefined],
      ['llm_call', 'ok'],
    ],
  )
})

test('the environment names base URLs, in the variables of clients and in its own', () => {
  const urls = environmentBaseUrls({
    OPENAI_BASE_URL: 'http://gateway.example/openai/v1',
    OLLAMA_HOST: '127.0.0.1:11434',
    RECOUNT_BASE_URLS: 'http://a.example/v1=mistral_ai, http://b.example=acme',
  })
  assert.deepEqual(urls, {
    'http://gateway.example/openai/v1': 'openai',
    'http://127.0.0.1:11434': 'ollama',
    'http://a.example/v1': 'mistral_ai',
    'http://b.example': 'acme',
  })
})

test('an entry that is no base URL is a warning, not an end', async () => {
  const warned = once(process, 'warning')
  assert.deepEqual(environmentBaseUrls({ RECOUNT_BASE_URLS: 'nonsense,http://b.example=acme' }), {
    'http://b.example': 'acme',
  })
  const [warning] = await warned
  assert.equal(warning.code, 'CAPTURE_BASE_URL_IGNORED')
})

test('providers are known by their hosts', () => {
  const options = resolveOptions()
  const names = {
    'https://api.openai.com/v1/responses': 'openai',
    'https://api.anthropic.com/v1/messages': 'anthropic',
    'https://api.groq.com/openai/v1/chat/completions': 'groq',
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent':
      'gcp.gemini',
    'https://api.mistral.ai/v1/chat/completions': 'mistral_ai',
    'https://orders.example/v1/chat/completions': undefined,
    'https://api.openai.com.example/v1/responses': undefined,
  }
  for (const [url, name] of Object.entries(names))
    assert.equal(findProvider(new URL(url), options)?.provider.name, name, url)
})
