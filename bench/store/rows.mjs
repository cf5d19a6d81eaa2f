// Spans of conversations for the store's bench, the same for the same seed: turns of an assistant with tools, ten spans and
// two new texts of about 2 KB each; every text is seen by five spans, because later turns see earlier ones.
const [SPANS_A_TURN, OPEN_SESSIONS] = [10, 64]
const [WORDS, HAN] = [30_000, 3000]
const START = 1_780_000_000_000
const MODELS = ['acme-large', 'acme-small', 'acme-mini', 'other-1', 'other-2', 'other-pro']
const EMOJI = ['😀', '🚀', '👍🏽', '🇩🇪', '🎉', '❤️']

/** Random numbers from 0 to 1 (mulberry32). */
export function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Turns: each an array of `{ record, contents }`, a span's terminal line and its content lines. */
export class Turns {
  #next
  #texts
  #sessions = []
  #made
  #sample = { count: 0, texts: [], han: [], traces: [] }

  /** Others of another seed, which begin after so many spans. */
  constructor(seed = 7, after = 0) {
    this.#next = random(seed)
    this.#texts = new Texts(this.#next)
    this.#made = after / SPANS_A_TURN
  }

  /** The next turn of one of the conversations that go on at the same time. */
  turn() {
    const place = this.#made % OPEN_SESSIONS
    let session = this.#sessions[place]
    if (session === undefined || session.left === 0) {
      session = this.#session()
      this.#sessions[place] = session
    }
    session.left -= 1
    session.messages.push(message('user', this.#text()))
    const input = [...session.messages]
    const answer = message('assistant', this.#text())
    session.messages.push(answer)
    const spans = this.#spans(session, input, answer)
    this.#made += 1
    return spans
  }

  /** What is looked for: texts, phrases and ids that are in what was made so far, and some that are not. */
  queries(count) {
    const next = random(11)
    const { texts, han, traces } = this.#sample
    const some = (list) => list[Math.floor(next() * list.length)]
    const words = (text) => text.split(/[ \n]/).filter((word) => /^[a-z]+$/.test(word))
    const many = (make) => Array.from({ length: count }, make)
    return {
      traces: many(() => some(traces)),
      frequent: many(() => some(this.#texts.stock)),
      rare: many(() => someWords(some(texts), next)),
      // Words that texts have, and hardly any in this order.
      absent: many(() => Array.from({ length: 5 }, () => some(words(some(texts)))).join(' ')),
      han: many(() => someHan(some(han), next)),
      substring: many(() => someWords(some(texts), next).slice(2, -2)),
    }
  }

  #text() {
    const { text, kind } = this.#texts.text()
    const { count } = this.#sample
    this.#sample.count += 1
    // One in 64 of the texts, at most 4,000, evenly over all of them.
    if (kind === 'prose' && count % 64 === 0) keepSome(this.#sample.texts, text, this.#next)
    if (kind === 'han') keepSome(this.#sample.han, text, this.#next)
    return text
  }

  #session() {
    const next = this.#next
    return {
      id: `s-${this.#made}`,
      user: `u-${Math.floor(next() ** 2 * 5000)}`,
      left: 4 + (Math.floor(this.#made / OPEN_SESSIONS) % 2),
      messages: [],
    }
  }

  #spans(session, input, answer) {
    const trace_id = this.#hex(32)
    keepSome(this.#sample.traces, trace_id, this.#next)
    const time = START + this.#made * 700
    const model = MODELS[Math.floor(this.#next() ** 2 * MODELS.length)]
    const ids = Array.from({ length: SPANS_A_TURN }, () => this.#hex(16))
    const span = (at, parent, event, fields, contents = []) => {
      const start_time = time + at * 120
      const duration_ms = Math.round(50_000 * this.#next() ** 4 + 1000) / 10
      const where = {
        trace_id,
        span_id: ids[at],
        ...(parent === undefined ? {} : { parent_span_id: ids[parent] }),
        session_id: session.id,
        user_id: session.user,
      }
      const record = {
        level: 30,
        time: start_time + Math.round(duration_ms),
        recount: 1,
        event,
        ...where,
        service: 'support',
        environment: 'production',
        release: `2026.${1 + Math.floor(this.#made / 20_000)}`,
        start_time,
        duration_ms,
        status: this.#next() < 0.02 ? 'error' : 'ok',
        ...fields,
      }
      const lineOf = ({ bytes, ...said }) => ({
        ...{ level: 20, time: start_time, recount: 1, event: 'content' },
        ...where,
        ...{ part: said.part, digest: said.digest, bytes, content: said.content },
      })
      return { record, contents: contents.map(lineOf) }
    }
    const call = (finish_reason) => this.#call(model, input, finish_reason)
    const seen = this.#said('input', input)
    const said = this.#said('output', [answer])
    return [
      span(0, undefined, 'step', { step: 'answer' }),
      span(1, 0, 'step', { step: 'gather' }),
      span(2, 1, 'retrieval', {
        source: 'handbook',
        chunks: [{ source_id: 'returns', score: 0.82 }],
      }),
      span(3, 1, 'retrieval', { source: 'tickets', chunks: [] }),
      span(4, 0, 'step', { step: 'plan' }),
      span(5, 4, 'llm_call', call('tool_calls'), [seen]),
      span(6, 4, 'tool_call', { tool: 'find_order' }),
      span(7, 4, 'tool_call', { tool: 'find_customer' }),
      span(8, 0, 'step', { step: 'write' }),
      span(9, 8, 'llm_call', call('stop'), [seen, said]),
    ]
  }

  #call(model, input, finish_reason) {
    const input_tokens = input.length * 480
    return {
      provider: model.split('-')[0],
      operation: 'chat',
      model,
      response_model: `${model}-2026-05-01`,
      prompt: { name: 'answer', version: `v${1 + (this.#made % 3)}` },
      finish_reason,
      input_tokens,
      output_tokens: 470,
      ttft_ms: Math.round(this.#next() * 8000) / 10,
      cost_usd: (input_tokens * 2 + 470 * 8) / 1e6,
    }
  }

  /** The same content has the same digest, whoever saw it. */
  #said(part, content) {
    const digest = `hmac-sha256:00000000:${this.#hex(32)}`
    const bytes = Buffer.byteLength(JSON.stringify(content))
    return { part, digest, bytes, content }
  }

  #hex(digits) {
    let text = ''
    while (text.length < digits)
      text += Math.floor(this.#next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    return text
  }
}

/** Texts of some 2 KB of words as frequent as words are (Zipf), one in twelve Chinese, one in ten with code. */
class Texts {
  #next
  #words
  #han
  /** Sentences that some texts have in common. */
  stock

  constructor(next) {
    this.#next = next
    this.#words = new Zipf(wordsOf(next), next)
    const letters = Array.from({ length: HAN }, (_, at) => String.fromCodePoint(0x4e00 + at * 6))
    this.#han = new Zipf(letters, next)
    this.stock = Array.from({ length: 40 }, () => this.#sentence(6))
  }

  text() {
    const share = this.#next()
    const kind = share < 1 / 12 ? 'han' : 'prose'
    const parts = [`#${Math.floor(this.#next() * 1e9).toString(36)}`]
    let letters = 0
    // A Chinese letter is three bytes.
    while (letters < (kind === 'han' ? 680 : 1950)) {
      const part = kind === 'han' ? this.#hanSentence() : this.#part(share > 0.9)
      parts.push(part)
      letters += part.length
    }
    return { kind, text: parts.join(kind === 'han' ? '' : ' ') }
  }

  #part(hasCode) {
    const share = this.#next()
    if (hasCode && share < 0.3) return this.#code()
    if (share < 0.02) return EMOJI[Math.floor(this.#next() * EMOJI.length)]
    if (share < 0.05) return `${this.stock[Math.floor(this.#next() * this.stock.length)]}.`
    return `${this.#sentence(8 + Math.floor(this.#next() * 12))}.\n`
  }

  #sentence(length) {
    const words = []
    for (let at = 0; at < length; at += 1) words.push(this.#words.one())
    return words.join(' ')
  }

  #code() {
    const [name, from, value] = [this.#words.one(), this.#words.one(), this.#words.one()]
    return `\n\`\`\`ts\nconst ${name} = await ${from}.${value}({ id: ${Math.floor(this.#next() * 1e6)} })\n\`\`\`\n`
  }

  #hanSentence() {
    let text = ''
    for (let at = 0; at < 18; at += 1) text += this.#han.one()
    return `${text}。`
  }
}

/** The first is twice as frequent as the second, three times as frequent as the third, and so on. */
class Zipf {
  #values
  #places
  #next

  constructor(values, next) {
    this.#values = values
    this.#next = next
    let sum = 0
    const until = Float64Array.from(values, (_, at) => (sum += 1 / (at + 2.7)))
    // A table of places is quicker than looking for each word.
    this.#places = new Uint32Array(1 << 16)
    let at = 0
    for (const place of this.#places.keys()) {
      while (until[at] < (sum * (place + 0.5)) / this.#places.length) at += 1
      this.#places[place] = at
    }
  }

  one() {
    const place = this.#places[Math.floor(this.#next() * this.#places.length)]
    // The rare ones share a place with their neighbours.
    const near = place < 2000 ? place : place + Math.floor(this.#next() * 12)
    return this.#values[Math.min(near, this.#values.length - 1)]
  }
}

function wordsOf(next) {
  const heads = 'b c d f g h k l m n p r s t v w st tr pl ch'.split(' ')
  const hearts = 'a e i o u ai ea ou'.split(' ')
  const tails = ['', '', 'n', 'r', 's', 't', 'l', 'nd']
  const some = (list) => list[Math.floor(next() * list.length)]
  const words = new Set()
  while (words.size < WORDS) {
    const syllables = 1 + Math.floor(next() * (1 + Math.min(3, words.size / 300)))
    let word = ''
    for (let at = 0; at < syllables; at += 1) word += some(heads) + some(hearts) + some(tails)
    words.add(word)
  }
  return [...words]
}

function message(role, text) {
  return { role, parts: [{ type: 'text', content: text }] }
}

/** Keeps some hundreds, each as likely as any other. */
function keepSome(list, value, next) {
  if (list.length < 500) list.push(value)
  else if (next() < 0.01) list[Math.floor(next() * 500)] = value
}

function someWords(text, next) {
  const lines = text.split('\n').filter((line) => /^[a-z ]{60,}/.test(line.trim()))
  const words = (lines[Math.floor(next() * lines.length)] ?? text).trim().split(' ')
  const from = Math.floor(next() * (words.length - 5))
  return words.slice(from, from + 5).join(' ')
}

function someHan(text, next) {
  const letters = text.replace(/^[^\u4e00-\uffff]*/, '').split('。')[0]
  return letters.slice(Math.floor(next() * (letters.length - 6))).slice(0, 5)
}
