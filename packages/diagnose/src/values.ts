/** Numbers of an error, by what they mean. */
export interface Values {
  readonly used?: number
  readonly limit?: number
}

const N = String.raw`\(?(\d[\d,._]*)\)?`
/** `used` first. */
const USED_THEN_LIMIT = [
  `${N} (?:tokens|bytes) > ${N}`,
  `input token count(?: is)? ${N} .{0,60}?(?:tokens allowed|supports only up to|maximum of)(?: of)? ${N}`,
  `requested tokens ${N} exceed context window of ${N}`,
  `prompt contains ${N} tokens.{0,80}?maximum context length of ${N}`,
  `first ${N} tokens.{0,120}?length of only ${N}`,
  `is too large: ${N}.{0,60}?at most ${N}`,
  `max_tokens: ${N} > ${N}`,
  `current cost: ${N}, max budget: ${N}`,
  `up to ${N} tokens, but can only afford ${N}`,
  `requires more system memory ${N} gib than is available ${N}`,
  `request contains ${N} tokens.{0,60}?(?:but|limit|maximum).{0,40}? ${N}`,
  `reduce.{0,20}?from ${N} to ${N}`,
  `n_prompt_tokens:? ${N}.{0,40}?n_ctx:? ${N}`,
  `the request \\(${N} tokens\\).{0,60}?\\(${N} tokens`,
].map((source) => new RegExp(source))
const LIMIT_THEN_USED = [
  `maximum context length (?:is|of) ${N} tokens.{0,100}?(?:at least )${N} input tokens`,
  `maximum context length (?:is|of) ${N} tokens.{0,60}?(?:resulted in|requested|request has|contains|of) (?:about )?${N}`,
  `maximum prompt length is ${N} .{0,40}?contains ${N}`,
  `limit ${N}, requested ${N}`,
  `must be <=? ?${N}. given: ${N}`,
  `limit of ${N}.{0,40}?(?:got|received|requested|given) ${N}`,
  `less than or equal to ${N}.{0,40}?(?:received|got|given) ${N}`,
].map((source) => new RegExp(source))
const LIMIT_ONLY = [
  `range of max_tokens is \\[\\d+, ${N}`,
  `(?:maximum context length|maximum prompt length|max context length|context length) (?:is|of)(?: only)? ${N}`,
  `(?:at most|supports only up to|size exceeds the limit:|size limit is|less than or equal to|limited to|limit is|your rate limit is|limit:) ${N}`,
  `limit ${N}`,
].map((source) => new RegExp(source))

/** Text Generation Inference adds up what comes in and what may come out. */
const SUMMED = new RegExp(
  `tokens \\+ max_new_tokens must be <= ${N}. given: ${N} inputs? tokens and ${N} max_new_tokens`,
)

/** The numbers in a comparable text: how much was asked for, how much is allowed. */
export function valuesIn(text: string): Values {
  if (!/\d/.test(text)) return {}
  const summed = summedIn(text)
  if (summed !== undefined) return summed
  for (const pattern of USED_THEN_LIMIT) {
    const [, used, limit] = pattern.exec(text) ?? []
    if (used !== undefined && limit !== undefined)
      return { used: amount(used), limit: amount(limit) }
  }
  for (const pattern of LIMIT_THEN_USED) {
    const [, limit, used] = pattern.exec(text) ?? []
    if (used !== undefined && limit !== undefined)
      return { used: amount(used), limit: amount(limit) }
  }
  return limitIn(text)
}

function limitIn(text: string): Values {
  for (const pattern of LIMIT_ONLY) {
    const [, limit] = pattern.exec(text) ?? []
    if (limit !== undefined) return { limit: amount(limit) }
  }
  return {}
}

function summedIn(text: string): Values | undefined {
  const [, limit, inputs, more] = SUMMED.exec(text) ?? []
  if (limit === undefined || inputs === undefined || more === undefined) return undefined
  return { used: amount(inputs) + amount(more), limit: amount(limit) }
}

function amount(text: string): number {
  return Number(text.replace(/[,_]/g, '').replace(/\.$/, ''))
}
