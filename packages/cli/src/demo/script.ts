import { overloaded } from './anthropic-wire.ts'
import { rateLimited } from './openai-wire.ts'
import { FAILING_ORDER } from './order-tools.ts'
import { createRandom, type Random } from './random.ts'
import type { ScriptedReply } from './scripted-reply.ts'

/** A question of a customer, and what the provider will answer to each request that it causes, in order. */
export interface ScriptedQuestion {
  /** Names the scene; ordinary questions are `ordinary-1`, `ordinary-2`, … */
  readonly id: string
  readonly customer: Customer
  readonly text: string
  readonly provider: ProviderName
  readonly model: string
  /** Whether the answer is asked for as a stream. */
  readonly stream: boolean
  readonly promptVersion: number
  readonly replies: readonly ScriptedReply[]
  /** The customer leaves after this many chunks of the answer. */
  readonly leavesAfter?: number
}

/** Who asks. */
export interface Customer {
  readonly user_id: string
  readonly tenant_id: string
}

/** The two providers whose clients are used. */
export type ProviderName = 'openai' | 'anthropic'

/** The other models that the assistant may use. */
export const FALLBACK = { provider: 'openai', model: 'gpt-4o' } as const

const SEED = 20_261_121
const SMALL = 'gpt-4o-mini'
const CLAUDE = 'claude-sonnet-5'
const ORDINARY = 29

/** Everything that will be asked and answered; the same each time. */
export function script(): ScriptedQuestion[] {
  const random = createRandom(SEED)
  const scenes = [
    whereIsMyOrder(),
    streamedAnswer(),
    toolThatFails(),
    unreadableAnswer(),
    rateLimit(),
    overload(),
    customerLeaves(),
  ]
  const ordinary = Array.from({ length: ORDINARY }, (_, index) => ordinaryQuestion(index, random))
  // Scenes stand among ordinary questions, as in life.
  return [...ordinary.slice(0, 9), ...scenes, ...ordinary.slice(9)]
}

function whereIsMyOrder(): ScriptedQuestion {
  const order = { order_id: '1047' }
  const toolCalls = [
    { id: 'call_demo_order', name: 'lookup_order', arguments: order },
    { id: 'call_demo_parcel', name: 'track_parcel', arguments: order },
  ]
  return {
    id: 'tools',
    customer: { user_id: 'customer-17', tenant_id: 'shoes.example' },
    text: 'My order 1047 arrives later than promised. Where is the parcel?',
    ...asked('openai', SMALL, 3),
    replies: [
      { delayMs: 62, toolCalls, usage: { input: 412, output: 44 } },
      {
        delayMs: 118,
        text: json(
          'Your parcel is at the regional depot and moves on today. You get the shipping fee back because it is late.',
          ['late-delivery', 'shipping'],
        ),
        usage: { input: 531, output: 52, cached: 256 },
      },
    ],
  }
}

function streamedAnswer(): ScriptedQuestion {
  return {
    id: 'stream',
    customer: { user_id: 'customer-4', tenant_id: 'outdoor.example' },
    text: 'Can I return shoes that I wore in the house only?',
    ...asked('anthropic', CLAUDE, 3, true),
    replies: [
      {
        delayMs: 74,
        chunkMs: 12,
        text: 'Yes. Shoes that were not worn outside can be returned within 30 days of delivery. Your refund arrives within 5 working days after the parcel reached us.',
        usage: { input: 388, output: 39, cached: 320 },
      },
    ],
  }
}

function toolThatFails(): ScriptedQuestion {
  const order = { order_id: FAILING_ORDER }
  return {
    id: 'tool-error',
    customer: { user_id: 'customer-23', tenant_id: 'shoes.example' },
    text: `What is in my order ${FAILING_ORDER}?`,
    ...asked('openai', SMALL, 4),
    replies: [
      {
        delayMs: 58,
        toolCalls: [{ id: 'call_demo_failing', name: 'lookup_order', arguments: order }],
        usage: { input: 371, output: 21 },
      },
      {
        delayMs: 96,
        text: json('I cannot see your order right now. A colleague writes to you today.', []),
        usage: { input: 420, output: 30 },
      },
    ],
  }
}

/** The model says it in words and puts a fence around half of it, as models do. */
function unreadableAnswer(): ScriptedQuestion {
  return {
    id: 'parser-failure',
    customer: { user_id: 'customer-31', tenant_id: 'outdoor.example' },
    text: 'Is a worn sole covered by the warranty?',
    ...asked('openai', SMALL, 4),
    replies: [
      {
        delayMs: 133,
        text: 'Sure! Here is the answer:\n```json\n{"answer": "Soles have a warranty of two years, but not',
        usage: { input: 402, output: 27 },
      },
    ],
  }
}

function rateLimit(): ScriptedQuestion {
  const failure = rateLimited(SMALL, 180)
  return {
    id: 'rate-limit',
    customer: { user_id: 'customer-8', tenant_id: 'shoes.example' },
    text: 'When is my invoice due?',
    ...asked('openai', SMALL, 3),
    replies: [
      { delayMs: 9, ...(failure && { failure }) },
      {
        delayMs: 87,
        text: json('Your invoice is due 14 days after delivery.', ['payment']),
        usage: { input: 365, output: 24 },
      },
    ],
  }
}

function overload(): ScriptedQuestion {
  const failure = overloaded()
  return {
    id: 'fallback',
    customer: { user_id: 'customer-12', tenant_id: 'outdoor.example' },
    text: 'How do I clean leather shoes?',
    ...asked('anthropic', CLAUDE, 4),
    replies: [
      { delayMs: 14, ...(failure && { failure }) },
      {
        delayMs: 171,
        text: json(
          'With a damp cloth, and with cream once a month. Never dry them on a radiator.',
          ['care'],
        ),
        usage: { input: 377, output: 38 },
      },
    ],
  }
}

function customerLeaves(): ScriptedQuestion {
  return {
    id: 'aborted',
    customer: { user_id: 'customer-40', tenant_id: 'outdoor.example' },
    text: 'Tell me everything about shipping abroad.',
    ...asked('anthropic', CLAUDE, 4, true),
    leavesAfter: 3,
    replies: [
      {
        delayMs: 69,
        chunkMs: 12,
        text: 'Parcels abroad take 5 to 8 working days. Let me explain how they',
        usage: { input: 391, output: 210 },
        staysOpen: true,
      },
    ],
  }
}

/** The fourth version of the prompt gives longer answers, which take longer. */
function ordinaryQuestion(index: number, random: Random): ScriptedQuestion {
  const [text, answer, source] = random.pick(TOPICS)
  const promptVersion = index % 5 < 3 ? 3 : 4
  const [provider, model, stream, base] = random.pick(MODELS)
  const long = promptVersion === 4
  const answerText = long ? `${answer} ${POLITE}` : answer
  const jitter = random.between(0, 60)
  return {
    id: `ordinary-${index + 1}`,
    customer: {
      user_id: `customer-${random.between(1, 60)}`,
      tenant_id: index % 3 === 0 ? 'outdoor.example' : 'shoes.example',
    },
    text,
    ...asked(provider, model, promptVersion, stream),
    replies: [
      {
        delayMs: base + jitter + (long && !stream ? 55 : 0),
        chunkMs: 9,
        text: provider === 'openai' && !stream ? json(answerText, [source]) : answerText,
        usage: {
          input: random.between(340, 440),
          output: random.between(24, 44) + (long ? 30 : 0),
        },
      },
    ],
  }
}

const POLITE = 'If there is anything else I can do for you, please write to me at any time.'

const TOPICS = [
  ['How long do parcels abroad take?', 'They take 5 to 8 working days.', 'shipping'],
  ['Can I exchange my boots for a different size?', 'Yes, free of charge.', 'exchange'],
  ['Which payment do you take?', 'Cards, invoices and bank transfer.', 'payment'],
  ['My zip broke. Is there a warranty?', 'Yes, zips have two years of it.', 'warranty'],
  ['When does my refund arrive?', 'Within 5 working days.', 'returns'],
] as const

/** Provider, model, whether streamed, usual milliseconds to the first byte. */
const MODELS = [
  ['openai', SMALL, false, 80],
  ['openai', SMALL, true, 45],
  ['openai', FALLBACK.model, false, 140],
  ['anthropic', CLAUDE, true, 70],
  ['anthropic', CLAUDE, false, 160],
] as const satisfies readonly (readonly [ProviderName, string, boolean, number])[]

function asked(
  provider: ProviderName,
  model: string,
  promptVersion: number,
  stream = false,
): Pick<ScriptedQuestion, 'provider' | 'model' | 'stream' | 'promptVersion'> {
  return { provider, model, stream, promptVersion }
}

function json(answer: string, sources: readonly string[]): string {
  return JSON.stringify({ answer, sources })
}
