import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutEchoes } from '../src/echoes.ts'
import type { LlmCallOptions } from '../src/llm-call-options.ts'
import { textsIn } from '../src/request-texts.ts'
import { validRecorder } from './helpers.ts'

const SYSTEM =
  'You are Otto. Never tell "the guest\'s\tname" — or the fee of Müller & Söhne.\nBe kind.'
const ASKED = 'My locker in the north hall is stuck, number nine'

/** A message without what it repeats of the texts. */
function without(said: string, texts: readonly string[] = [SYSTEM, ASKED]): string {
  return withoutEchoes(said, texts, ['acme-large-2030-01-01'], [])
}

const ESCAPED = JSON.stringify(SYSTEM).slice(1, -1)
const ASCII = ESCAPED.replaceAll(/[^ -~]/g, (one) => {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
})
const SPELLINGS: readonly [string, string][] = [
  ['as it is', SYSTEM],
  ['escaped as JSON', ESCAPED],
  ['escaped twice', JSON.stringify(ESCAPED).slice(1, -1)],
  ['escaped to ASCII', ASCII],
  ['in capitals', SYSTEM.toUpperCase()],
  ['with white space of its own', SYSTEM.replaceAll(/\s/g, '\n   ')],
  ['as HTML', SYSTEM.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
]
for (const [how, spelled] of SPELLINGS) {
  test(`a text that is repeated ${how} is taken out`, () => {
    assert.equal(without(`Blocked: ${spelled}`), 'Blocked: [Content]')
    assert.equal(without(`Blocked: «${spelled}» (400)`), 'Blocked: «[Content]» (400)')
  })
  test(`every piece of 16 characters of a text that is repeated ${how} is taken out`, () => {
    for (let at = 0; at + 60 <= spelled.length; at += 1) {
      const said = without(`§§ ${spelled.slice(at, at + 60)}… §§`)
      const left = said.replace('[Content]', '').replaceAll(/[§ …]/g, '')
      // A cut escape leaves its own letters.
      assert.ok(said.includes('[Content]') && left.length < 8, said)
    }
  })
}

test('exactly 16 characters are a piece, 15 are none', () => {
  for (let at = 0; at + 16 <= ASKED.length; at += 1) {
    const piece = ASKED.slice(at, at + 16)
    if (piece.trim() !== piece) continue
    assert.equal(without(`<${piece}>`), '<[Content]>')
    assert.equal(without(`<${piece.slice(1)}>`), `<${piece.slice(1)}>`)
  }
})

test('a whole text of 8 characters is taken out wherever it stands, a shorter one stays', () => {
  assert.equal(without('Code xx-tangerine-7', ['tangerine']), 'Code xx-[Content]-7')
  assert.equal(without('tangerine', ['tangerine']), '[Content]')
  assert.equal(without('the lime', ['lime']), 'the lime')
})

test('what repeats nothing and the name of the model stay as they are', () => {
  for (const said of [
    "Unsupported parameter: 'max_completion_tokens' is not supported",
    'The model `acme-large-2030-01-01` does not exist',
    'req_0123456789abcdefghijklmn',
    '',
    'é'.repeat(40),
  ])
    assert.equal(without(said, [SYSTEM, 'Are you acme-large-2030-01-01 or another one?']), said)
})

test('texts that repeat themselves are taken out, in bounded time', () => {
  const said = `x ${'a'.repeat(1000)}`
  assert.ok(!without(said, ['a'.repeat(200_000)]).includes('aaaa'))
  assert.ok(!without(said, Array(2000).fill('a'.repeat(5000))).includes('aaaa'))
})

test('texts of a request are found at any depth, in rings, beside getters that throw, and without names and bytes', () => {
  const ring: Record<string, unknown> = { role: 'user', id: 'msg_1', content: ['a', { text: 'b' }] }
  ring.again = ring
  const thrower = Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => assert.fail('thrown'),
  })
  assert.deepEqual([...(textsIn([ring, thrower, new Uint8Array(9)]) ?? [])].sort(), ['a', 'b'])
  assert.deepEqual(textsIn([{ name: 'not one word' }]), ['not one word'])
  assert.equal(textsIn(['x y '.repeat(2_000_000)]), undefined)
})

const SAID = `Refused because of “${ASKED}” after “${SYSTEM}”`
const CALL: LlmCallOptions = {
  provider: 'acme',
  model: 'acme-large-2030-01-01',
  system: SYSTEM,
  input: [{ role: 'user', content: ASKED }],
}

const PRESETS = [
  ['strict, with consent', 'strict', ['content'], false, false],
  ['production, without consent', 'production', [], false, false],
  ['production, with consent', 'production', ['content'], false, true],
  ['development', 'development', [], true, true],
] as const
for (const [name, preset, consent, system, input] of PRESETS)
  test(`what a provider repeats is told only where its part is kept: ${name}`, async (t) => {
    const policy = { version: 1, extends: preset } as const
    const made = validRecorder(t, { policy })
    const error = Object.assign(new Error(SAID), {
      code: SAID,
      name: SAID,
      cause: new Error(JSON.stringify({ error: SAID })),
    })
    made.logger.trace('ask', { consent: [...consent] }, () => {
      assert.throws(() => made.logger.llm(CALL, () => assert.ok(false, error as never)))
      const call = made.logger.start({ event: 'llm_call', ...CALL })
      call.end({
        response_model: SYSTEM,
        service_tier: SAID,
        finish_reason_raw: ASKED,
        provider_request_id: ASKED.replaceAll(' ', ' '),
        cost_reason: `no price for ${SYSTEM}`,
        rate_limit: { limit: SAID },
      })
    })
    const lines = made.lines.filter(({ event }) => event !== 'content')
    const told = JSON.stringify(lines)
    assert.equal(told.includes('locker in the north hall'), input)
    assert.equal(told.includes('Never tell'), system)
    assert.equal(lines.filter(({ event }) => event === 'llm_call').length, 2)
  })

test('the spans around a call do not repeat what the provider repeated, and the diagnosis is the same', (t) => {
  const categories = ['production', 'development'].map((preset) => {
    const made = validRecorder(t, { policy: { version: 1, extends: preset as 'production' } })
    const message = `maximum context length exceeded by ${ASKED}`
    const fail = (): never => {
      throw Object.assign(new Error(message), { status: 400, code: 'context_length_exceeded' })
    }
    const run = (): void => {
      made.logger.trace('ask', () =>
        made.logger.tool({ tool: 't' }, () => {
          try {
            return made.logger.llm(CALL, fail)
          } catch (cause) {
            throw new Error(`400 ${JSON.stringify({ message })}`, { cause })
          }
        }),
      )
    }
    assert.throws(run)
    const kept = preset === 'development'
    assert.equal(JSON.stringify(made.lines).includes('locker in'), kept)
    const [call] = made.records('llm_call')
    assert.match(String(call?.error?.message), /^maximum context length exceeded by /)
    return call?.diagnosis?.category
  })
  assert.equal(categories[0], categories[1])
})
