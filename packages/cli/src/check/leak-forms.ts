/** A way in which a text may stand in a file. */
export interface LeakForm {
  /** `clear`, `json`, `unicode-escapes`, `url`, `base64`, `hex`. */
  readonly name: string
  /** What is looked for, as bytes. */
  readonly bytes: Buffer
}

/** The ways in which a text may stand in a file, each once. */
export function leakForms(canary: string): LeakForm[] {
  const escaped = JSON.stringify(canary).slice(1, -1)
  const clear = Buffer.from(canary)
  const texts: readonly (readonly [string, string])[] = [
    ['clear', canary],
    ['json', escaped],
    ['json', JSON.stringify(escaped).slice(1, -1)],
    ['unicode-escapes', unicodeEscapes(canary)],
    ['url', encodeURIComponent(canary)],
    ['hex', clear.toString('hex')],
    ['hex', clear.toString('hex').toUpperCase()],
    ...[0, 1, 2].flatMap((shift) => base64At(clear, shift)),
  ]
  const known = new Set<string>()
  return texts.flatMap(([name, text]) => {
    if (known.has(text) || text.length < LEAST) return []
    known.add(text)
    return [{ name, bytes: Buffer.from(text) }]
  })
}

/** Shorter texts stand everywhere by chance. */
const LEAST = 4

function unicodeEscapes(text: string): string {
  let escaped = ''
  for (let at = 0; at < text.length; at++)
    escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
  return escaped
}

/** Base64 of the bytes after `shift` others, without the characters that its neighbours decide; and as URLs write it. */
function base64At(bytes: Buffer, shift: number): (readonly [string, string])[] {
  const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
  const whole = shifted.length - (shifted.length % 3)
  const from = shift === 0 ? 0 : 4
  const text = shifted.toString('base64', 0, whole).slice(from)
  return [
    ['base64', text],
    ['base64', text.replaceAll('+', '-').replaceAll('/', '_')],
  ]
}
