import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CONTENT_PARTS, type ContentPart } from '@recount/record'
import type { ContentAsk, ContentPlace } from '../src/captures.ts'
import { createLogger } from '../src/create-logger.ts'
import { filesIn, linesIn, temporaryFolder } from './folder.ts'
import { takeWarnings } from './quiet-warnings.ts'

takeWarnings()

/** Everything that may speak about content. */
interface Voices {
  readonly production: boolean
  readonly allowed: boolean
  readonly debug: boolean | undefined
  readonly prompts: boolean | undefined
  readonly responses: boolean | undefined
  readonly otel: boolean | undefined
  readonly option: ContentPlace | 'off' | undefined
}
type Variables = Record<string, string | undefined>

const MAYBE = [undefined, true, false] as const
const OPTIONS = [undefined, 'files', 'inline', 'off'] as const
const CALLS: readonly (ContentAsk | undefined)[] = [undefined, true, false, ['output'], ['input']]

/** Every combination of the values of each key. */
function* combinations<T extends Record<string, readonly unknown[]>>(
  choices: T,
): Generator<{ [key in keyof T]: T[key][number] }> {
  const [first, ...others] = Object.keys(choices)
  if (first === undefined) {
    yield {} as never
    return
  }
  const { [first]: values, ...rest } = choices
  for (const combination of combinations(rest))
    for (const value of values ?? []) yield { [first]: value, ...combination } as never
  assert.equal(others.length, Object.keys(rest).length)
}

const word = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

function variables(voices: Voices): Variables {
  return {
    NODE_ENV: voices.production ? 'production' : undefined,
    LLM_DEBUG_IN_PRODUCTION: voices.allowed ? '1' : undefined,
    LLM_DEBUG: word(voices.debug),
    LLM_LOG_PROMPTS: word(voices.prompts),
    LLM_LOG_RESPONSES: word(voices.responses),
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: word(voices.otel),
  }
}

/** docs/record.md, "Environment", told again in other words: the first that says something about a part wins. */
function isOpen(
  part: 'input' | 'output',
  voices: Voices,
  call: ContentAsk | undefined,
  workflow: boolean | undefined,
): boolean {
  if (voices.production && !voices.allowed) return false
  const said = [
    Array.isArray(call) ? call.includes(part) : (call as boolean | undefined),
    workflow,
    voices.option === undefined ? undefined : voices.option !== 'off',
    part === 'input' ? voices.prompts : voices.responses,
    voices.debug === true ? true : undefined,
    voices.otel,
  ]
  return said.find((answer) => answer !== undefined) ?? false
}

test('captures() answers what happens, and that is what the order of voices says: all combinations', (t) => {
  const folder = temporaryFolder(t)
  const expected = new Map<string, string>()
  const inline: Record<string, unknown>[] = []
  const destination = { write: (line: string): void => void inline.push(JSON.parse(line)) }
  const voices = {
    production: [false, true],
    allowed: [false, true],
    debug: MAYBE,
    prompts: MAYBE,
    responses: MAYBE,
    otel: MAYBE,
    option: OPTIONS,
  } as const
  for (const voice of combinations(voices)) {
    const log = createLogger({
      destination,
      contentFolder: folder,
      keyFile: false,
      env: variables(voice),
      ...(voice.option === undefined ? {} : { content: voice.option }),
    })
    for (const { call, workflow } of combinations({ call: CALLS, workflow: MAYBE })) {
      const bindings = workflow === undefined ? {} : { debug: workflow }
      const content = call === undefined ? {} : { content: call }
      log.trace('ask', bindings, () => {
        const { parts, place } = log.captures(content)
        const ask = { provider: 'acme', model: 'm', input: 'in', ...content }
        const span_id = log.llm(ask, (handle) => {
          handle.set({ output: 'out' })
          return handle.span_id
        })
        const both = ['input', 'output'] as const
        const open = both.filter((part) => parts.includes(part))
        const because = JSON.stringify({ ...voice, call, workflow })
        assert.deepEqual(
          open,
          both.filter((part) => isOpen(part, voice, call, workflow)),
          because,
        )
        expected.set(span_id, open.map((part) => `${place} ${part}`).join())
      })
    }
  }
  const written = new Map<string, string[]>()
  const keep = (place: string, line: Readonly<Record<string, unknown>>): void => {
    if (line.event !== 'content') return
    const span_id = String(line.span_id)
    written.set(span_id, [...(written.get(span_id) ?? []), `${place} ${String(line.part)}`])
  }
  for (const line of inline) keep('inline', line)
  for (const line of linesIn(folder)) keep('files', line)
  for (const [span_id, places] of expected)
    assert.equal((written.get(span_id) ?? []).join(), places)
  assert.equal(expected.size, 2 * 2 * 3 ** 4 * 4 * 5 * 3)
})

test('a conversation is saved exactly where captures() says so, with no part that anybody closed', (t) => {
  const voices = {
    production: [false, true],
    allowed: [false, true],
    prompts: MAYBE,
    responses: MAYBE,
    option: [undefined, 'off', 'inline'],
  } as const
  const lines: string[] = []
  const destination = { write: (line: string): void => void lines.push(line) }
  for (const given of combinations(voices)) {
    const voice = { ...given, debug: undefined, otel: undefined }
    const folder = temporaryFolder(t)
    const log = createLogger({
      destination,
      contentFolder: join(folder, 'content'),
      keyFile: false,
      env: { ...variables(voice), LLM_SAVE_CONVERSATIONS: join(folder, 'saved') },
      ...(voice.option === undefined ? {} : { content: voice.option }),
    })
    let saved = 0
    for (const { call, workflow } of combinations({ call: CALLS, workflow: [undefined, false] })) {
      const content = call === undefined ? {} : { content: call }
      log.trace('ask', workflow === undefined ? {} : { debug: workflow }, () => {
        const { conversations } = log.captures(content)
        const both = ['input', 'output'] as const
        const asked = both.filter((part) => isOpen(part, { ...voice, debug: true }, call, workflow))
        assert.deepEqual(conversations, asked, JSON.stringify({ ...voice, call, workflow }))
        if (conversations.length > 0) saved += 1
        log.llm({ provider: 'acme', model: 'm', input: 'in', ...content }, () => 'out')
      })
    }
    const files = filesIn(folder).filter((file) => file.startsWith('saved'))
    assert.equal(files.length, saved)
  }
})

test('which rule decided is said by name', () => {
  const cases: readonly [
    Variables,
    ContentPlace | 'off' | undefined,
    ContentAsk | undefined,
    string,
  ][] = [
    [{}, undefined, undefined, 'default'],
    [{ LLM_DEBUG: 'yes' }, undefined, undefined, 'LLM_DEBUG'],
    [{ LLM_LOG_PROMPTS: '1' }, undefined, undefined, 'LLM_LOG_PROMPTS'],
    [{ LLM_LOG_RESPONSES: '1' }, undefined, undefined, 'LLM_LOG_RESPONSES'],
    [{ LLM_LOG_PROMPTS: '0' }, undefined, undefined, 'LLM_LOG_PROMPTS'],
    [
      { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' },
      undefined,
      undefined,
      'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
    ],
    [{ LLM_DEBUG: '1' }, 'off', undefined, 'option'],
    [{ LLM_DEBUG: '1' }, 'files', false, 'call'],
    [{ LLM_DEBUG: '1', NODE_ENV: 'production' }, 'files', true, 'production'],
    [{ LLM_DEBUG: '1', NODE_ENV: 'Production ' }, 'files', true, 'production'],
  ]
  for (const [env, option, call, rule] of cases) {
    const log = createLogger({
      destination: { write() {} },
      env,
      ...(option === undefined ? {} : { content: option }),
    })
    assert.equal(log.captures(call === undefined ? undefined : { content: call }).rule, rule)
  }
  const log = createLogger({ destination: { write() {} }, env: {} })
  log.trace('ask', { debug: true }, () => assert.equal(log.captures().rule, 'workflow'))
})

test('parts that do not exist are not kept, whatever was asked', () => {
  const log = createLogger({ destination: { write() {} }, env: {} })
  const asked = ['input', 'everything'] as unknown as ContentPart[]
  assert.deepEqual(log.captures({ content: asked }).parts, ['input'])
  assert.deepEqual(log.captures({ content: true }).parts, CONTENT_PARTS)
  assert.deepEqual(log.captures({ content: 'all' as unknown as boolean }).parts, [])
})

test('a span inside a workflow with debug inherits it, and may close itself again', () => {
  const log = createLogger({ destination: { write() {} }, env: {}, contentFolder: 'unused' })
  log.trace('outer', { debug: true }, () => {
    assert.equal(log.captures().parts.length, CONTENT_PARTS.length)
    log.step('inner', { debug: false }, () => assert.deepEqual(log.captures().parts, []))
    log.step('other', () => assert.equal(log.captures().rule, 'workflow'))
  })
})
