import type { Unwrapped } from './layer.ts'
import { targetOf, targetsIn } from './targets.ts'

const MODEL =
  /\bmodels\/([\w.:@-]{3,80})|\bmodel(?:[_ ]?id| arn)?\b(?: version| named?|=|:)?\s{0,2}["'`]?((?=[^\s"'`]{0,80}[-\d])[a-z][\w./:@-]{2,100})|\b(?:for|to access|called) (?:model )?["'`]?((?=[^\s"'`]{0,40}\d)[a-z][a-z0-9.]*-[\w.:-]{1,80})/i

/** The model that an error names. */
export function modelOf({ layers }: Unwrapped): string | undefined {
  for (const { text } of [...layers].reverse()) {
    const [, path, named, spoken] = /model|\bfor /i.test(text) ? (MODEL.exec(text) ?? []) : []
    const model = path ?? named ?? spoken
    if (model !== undefined) return model.replace(/[.:,]+$/, '')
  }
  return undefined
}

const REQUEST_HEADERS = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'cf-ray',
]
const REQUEST_TEXT =
  /\b(req_[a-zA-Z0-9_]{8,64})\b|\brequest[ _-]?id[:=]?\s{0,2}["'`]?([a-zA-Z0-9][\w-]{7,80})/i

/** The provider's id of the request. */
export function requestIdOf({ request_id, headers, layers }: Unwrapped): string | null {
  if (request_id !== undefined) return request_id
  for (const name of REQUEST_HEADERS) if (headers.has(name)) return headers.get(name) ?? null
  for (const { text } of layers) {
    const [, own, said] = /req_|request.?id/i.test(text) ? (REQUEST_TEXT.exec(text) ?? []) : []
    if (own !== undefined || said !== undefined) return own ?? said ?? null
  }
  return null
}

/** Where the request went, as `host` or `host:port`. */
export function hostOf({ layers }: Unwrapped): string | undefined {
  for (const { urls, text } of layers) {
    const targets = [...urls.flatMap((url) => targetOf(url) ?? []), ...targetsIn(text)]
    const target = targets.find(({ requested }) => requested)
    if (target !== undefined)
      return target.port === undefined ? target.host : `${target.host}:${target.port}`
  }
  return undefined
}
