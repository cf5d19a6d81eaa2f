import { unbroken } from './hard-wraps.ts'
import { headersOf } from './headers.ts'
import type { Layer, Unwrapped } from './layer.ts'
import { withoutColours, withoutPrefixes } from './log-prefixes.ts'
import { envelopeShape } from './model-envelope.ts'
import { read, readAt, readList, readText } from './safe-read.ts'
import { clipped, textEnvelopes } from './text-envelopes.ts'

const MAX_DEPTH = 10
const MAX_LAYERS = 48

/**
 * Takes an error apart, whatever was thrown: objects, causes, bodies, and what stands as text in texts; on demand with lines
 * put together that were broken at a fixed width. Never throws.
 */
export function unwrap(thrown: unknown, joinsLines = false): Unwrapped {
  const walk = new Walk(joinsLines)
  walk.value(thrown, '', 0)
  return walk.result()
}

/** What a property may be. */
type Role =
  | 'status'
  | 'code'
  | 'text'
  | 'url'
  | 'headers'
  | 'delay'
  | 'fact'
  | 'count'
  | 'details'
  | 'inside'
  | 'list'

/** Which roles properties have, in the order in which they are looked at. */
const ROLES: readonly (readonly [keys: string, ...roles: Role[]])[] = [
  ['code', 'status', 'code'],
  ['status', 'status', 'code'],
  ['statusCode status_code http_status httpStatus', 'status'],
  ['name type __type error_type errorType error_code errorCode reason errno Code', 'code'],
  ['$service', 'code'],
  ['error_class kind finish_reason finishReason stop_reason blockReason block_reason', 'code'],
  ['url requestUrl hostname host config address', 'url'],
  ['headers responseHeaders', 'headers'],
  ['retryDelay estimated_time retry_after retryAfter retry_after_seconds', 'delay'],
  ['model modelId provider llm_provider request_id requestId requestID', 'fact'],
  ['$metadata isError ok', 'fact'],
  ['message msg error_message errorMessage Message description statusText stderr', 'text'],
  // Whose page an error points to in a field of its own is who made it.
  ['doc_url documentation_url moreInfo', 'text'],
  ['n_prompt_tokens n_ctx', 'count'],
  ['details', 'details'],
  ['cause lastError last_error originalError original_error err exception response', 'inside'],
  ['innererror inner_error error_information errorDetails promptFeedback', 'inside'],
  ['prompt_feedback incomplete_details metadata value rawError data body', 'inside'],
  ['responseBody rawMessage detail error raw', 'inside'],
  ['errors candidates choices', 'list'],
]
const KNOWN: readonly { key: string; roles: readonly Role[] }[] = ROLES.flatMap(
  ([keys, ...roles]) => keys.split(' ').map((key) => ({ key, roles })),
)
const PLACES: ReadonlyMap<string, number> = new Map(KNOWN.map(({ key }, place) => [key, place]))
const ALL: readonly number[] = KNOWN.map((_, place) => place)

class Walk {
  readonly #joinsLines: boolean
  #wraps: Unwrapped['wraps'] = 'no'
  readonly #layers: Layer[] = []
  readonly #seen = new Set<object>()
  readonly #headers = new Map<string, string>()
  readonly #delays: { field: string; value: unknown }[] = []
  readonly #facts = new Map<string, string>()

  constructor(joinsLines: boolean) {
    this.#joinsLines = joinsLines
  }

  result(): Unwrapped {
    const facts = this.#facts
    return {
      layers: this.#layers,
      headers: this.#headers,
      delays: this.#delays,
      model: facts.get('model') ?? facts.get('modelId'),
      request_id: facts.get('request_id') ?? facts.get('requestId') ?? facts.get('requestID'),
      claim: facts.get('provider') ?? facts.get('llm_provider'),
      wraps: this.#wraps,
    }
  }

  value(value: unknown, path: string, depth: number): void {
    if (depth > MAX_DEPTH || this.#layers.length >= MAX_LAYERS) return
    if (typeof value === 'string') {
      if (value.trim() !== '') this.#say(this.#layer(path, depth), value)
    } else if (typeof value === 'object' && value !== null) this.#object(value, path, depth)
  }

  #layer(path: string, depth: number): Layer {
    const layer: Layer = {
      depth,
      path,
      codes: [],
      status: undefined,
      text: '',
      urls: [],
      envelope: undefined,
    }
    this.#layers.push(layer)
    return layer
  }

  /** Words belong to the layer; what is quoted in them lies one deeper. */
  #say(layer: Layer, said: string): void {
    const text = this.#whole(withoutPrefixes(withoutColours(clipped(said))))
    const { around, objects } = textEnvelopes(text)
    layer.text = layer.text === '' ? around : `${layer.text}\n${around}`
    for (const found of objects) this.value(found, layer.path, layer.depth + 1)
  }

  #whole(text: string): string {
    const found = unbroken(text)
    if (found === undefined) return text
    if (this.#wraps !== 'sure') this.#wraps = found.isSure ? 'sure' : 'likely'
    return this.#joinsLines ? found.text : text
  }

  #object(object: object, path: string, depth: number): void {
    if (this.#seen.has(object)) return
    this.#seen.add(object)
    if (isList(object)) this.value(readAt(object, -1), path, depth)
    else this.#properties(object, this.#layer(path, depth))
  }

  #properties(object: object, layer: Layer): void {
    const className = classOf(object)
    layer.envelope = envelopeShape(object)
    if (className !== undefined) this.#addCode(layer, 'name', className)
    for (const place of placesIn(object, className)) {
      const { key, roles } = KNOWN[place] as (typeof KNOWN)[number]
      const value = read(object, key)
      if (value === undefined || value === null) continue
      for (const role of roles) this.#take(role, key, value, layer)
    }
  }

  #take(role: Role, key: string, value: unknown, layer: Layer): void {
    if (role === 'status') layer.status ??= statusOf(value)
    else if (role === 'code') this.#addCode(layer, key, value)
    else if (role === 'text') this.#addText(layer, key, value)
    else if (role === 'url') addUrl(layer, key, value)
    else if (role === 'headers') headersOf(value, this.#headers)
    else if (role === 'delay') this.#delays.push({ field: joined(layer.path, key), value })
    else if (role === 'fact') this.#addFact(layer, key, value)
    else if (role === 'count') addCount(layer, key, value)
    else if (role === 'details') this.#addDetails(layer, value)
    else
      this.value(
        role === 'list' ? readAt(value, -1) : value,
        joined(layer.path, key),
        layer.depth + 1,
      )
  }

  /** Words, or an object where words should be. */
  #addText(layer: Layer, key: string, value: unknown): void {
    if (typeof value === 'object') this.value(value, joined(layer.path, key), layer.depth + 1)
    else if (typeof value === 'string' && !layer.text.includes(value)) this.#say(layer, value)
  }

  #addCode(layer: Layer, field: string, value: unknown): void {
    if (typeof value !== 'string' && typeof value !== 'number') return
    const named = typeof value === 'number' && /finish_?reason$/i.test(field)
    const text = String((named ? GEMINI_FINISH[value] : undefined) ?? value).slice(0, 200)
    if (text === '' || PLAIN.has(text) || (field === 'status' && /^\d/.test(text))) return
    if (layer.codes.some((code) => code.value === text)) return
    layer.codes.push({ field: joined(layer.path, field), value: text })
  }

  #addFact(layer: Layer, key: string, value: unknown): void {
    if (key === '$metadata') {
      layer.status ??= statusOf(read(value, 'httpStatusCode'))
      this.#addFact(layer, 'requestId', read(value, 'requestId'))
    } else if (key === 'isError') {
      if (value === true) this.#addCode(layer, 'isError', 'isError')
    } else if (key === 'ok') {
      if (value === false) this.#addCode(layer, 'ok', 'ok: false')
    } else if (typeof value === 'string' && value !== '' && !this.#facts.has(key))
      this.#facts.set(key, value.slice(0, 200))
  }

  /** Google keeps what it means in `details`: a reason, a quota, when to come back. */
  #addDetails(layer: Layer, value: unknown): void {
    if (!isList(value)) this.value(value, joined(layer.path, 'details'), layer.depth + 1)
    for (const detail of readList(value, 8)) {
      const metadata = read(detail, 'metadata')
      this.#addCode(layer, 'details.reason', read(detail, 'reason'))
      this.#addDelay(layer, 'details.retryDelay', read(detail, 'retryDelay'))
      this.#addDelay(layer, 'details.quotaResetDelay', read(metadata, 'quotaResetDelay'))
      this.#addFact(layer, 'model', read(metadata, 'model'))
      for (const violation of readList(read(detail, 'violations'), 4)) {
        // Which quota it is says for how long.
        const quota = [readText(violation, 'quotaId'), readText(violation, 'quotaMetric')].join(' ')
        layer.text += `\n${quota}`
        this.#addFact(layer, 'model', read(read(violation, 'quotaDimensions'), 'model'))
      }
    }
  }

  #addDelay(layer: Layer, key: string, value: unknown): void {
    if (typeof value === 'string') this.#delays.push({ field: joined(layer.path, key), value })
  }
}

/** Gemini’s numbers for why it stopped, as far as its two APIs agree on them (protobuf `Candidate.FinishReason`). */
const GEMINI_FINISH: Readonly<Record<number, string>> = {
  2: 'MAX_TOKENS',
  3: 'SAFETY',
  4: 'RECITATION',
}

/** Names that say nothing. */
const PLAIN: ReadonlySet<string> = new Set(['Error', 'TypeError', 'Object', 'error'])

const MAX_KEYS = 500

/**
 * Known properties of an object: those that a plain one has, and all for others, which inherit some and hide some, and for
 * those with more keys than an error has.
 */
function placesIn(object: object, className: string | undefined): readonly number[] {
  if (className !== 'Object') return ALL
  try {
    const places: number[] = []
    let seen = 0
    for (const key in object) {
      const place = PLACES.get(key)
      if (place !== undefined) places.push(place)
      if (++seen > MAX_KEYS) return ALL
    }
    return places.sort((a, b) => a - b)
  } catch {
    return ALL
  }
}

/** The class's name, which SDKs often do not repeat in `name`. */
function classOf(object: object): string | undefined {
  try {
    if (Object.getPrototypeOf(object) === Object.prototype) return 'Object'
    const made: unknown = object.constructor
    const name: unknown = typeof made === 'function' ? made.name : undefined
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}

function isList(value: unknown): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined
  return number >= 100 && number <= 599 ? number : undefined
}

function addUrl(layer: Layer, key: string, value: unknown): void {
  if (key === 'config') {
    // Axios says where it went in its configuration.
    const [base = '', url = ''] = [readText(value, 'baseURL'), readText(value, 'url')]
    if (base !== '' || url !== '') layer.urls.push(`${base}${url}`.slice(0, 500))
  } else if (typeof value === 'string' && key !== 'address') layer.urls.push(value.slice(0, 500))
}

function addCount(layer: Layer, key: string, value: unknown): void {
  if (typeof value === 'number') layer.text += `\n${key}: ${value}`
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
