import { isCredentialKey, MASK } from './credentials.ts'
import type { Finding } from './detect/finding.ts'
import { mayFind } from './detect/may-find.ts'
import { createFinder, findAsync, type Prepared } from './finder.ts'
import { checkOptions, type RedactorOptions, type Settings } from './options.ts'
import { inPart } from './part-error.ts'
import { FAILED, type Pass, redactKey, redactPlain, redactWhole, withheld } from './pass.ts'
import { createPathRedactor } from './paths.ts'
import { type Plain, toPlain } from './plain.ts'
import { warnOnce } from './warning.ts'

/** Something that was redacted: where, by which rule and how often, never the value. */
export interface RedactionNote {
  path: string
  rule: string
  count: number
}

/** A plain copy that holds nothing that was found, and what was redacted in it. */
export interface Redacted {
  value: Plain
  redactions: RedactionNote[]
  /** The id of the key, where something was hashed or tokenized. */
  key_id?: string
}

/** A text that holds nothing that was found, and where it was found in the text that came. */
export interface RedactedText {
  text: string
  findings: Finding[]
  /** The id of the key, where something was hashed or tokenized. */
  key_id?: string
}

/** About what is redacted. */
export interface About {
  /** Whose key is used. */
  readonly tenant?: string
  /** Keys of ids: what is an id or digest by its shape (hexadecimal, as W3C and this package write them) stays under them. */
  readonly ids?: ReadonlySet<string>
}

type Find = (text: string) => Finding[]

/** Takes any value; never throws; changes nothing of the caller's. What cannot be redacted is withheld. */
export interface Redactor {
  (value: unknown, about?: About): Redacted
  /** The same with asynchronous detectors. */
  async(value: unknown, about?: About): Promise<Redacted>
  /** One text as it is: what looks like JSON in it is not decoded. */
  text(text: string, about?: About): RedactedText
  /** A text that is personal data as a whole (`user_id`, `geography`, …), treated as its type; one that is `off` is redacted as any text. */
  whole(text: string, type: string, about?: About): RedactedText
  /** What would be redacted in a text; throws when a detector throws. */
  findings(text: string): Finding[]
  /** False where nothing can be found in a text, told by a quick look; true says nothing. */
  mayFind(text: string): boolean
}

/**
 * A redactor: credential-like keys and configured paths at any depth, and what the detectors find in texts, in keys and in
 * JSON within texts. Throws `REDACT_OPTION_INVALID` and `REDACT_PATTERN_UNSAFE`.
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const settings = checkOptions(options)
  const find = createFinder(settings)
  const paths = createPathRedactor(settings.paths)
  const run = (
    value: unknown,
    about?: About,
    prepared?: Prepared,
    collect?: Set<string>,
  ): Redacted => {
    const pass = newPass(settings, about, (text) => {
      collect?.add(text)
      return collect === undefined ? find(text, prepared) : []
    })
    try {
      return finished(redactPlain(paths(snapshot(value, pass), pass), pass), pass)
    } catch (error) {
      // Nothing is left of what was hashed, and the key provider may be what failed.
      pass.keyed = false
      return finished(withheld(error, pass, []), pass)
    }
  }
  const redact = (value: unknown, about?: About) => run(value, about)
  const redactText = (text: string, about: About | undefined, search: Find): RedactedText => {
    const pass = newPass(settings, about, search)
    try {
      const findings = search(text)
      const redacted = { text: redactWhole(text, findings, pass, []), findings }
      return pass.keyed ? { ...redacted, key_id: keyId(pass) } : redacted
    } catch (error) {
      withheld(error, pass, [])
      return { text: FAILED, findings: [{ type: 'redactor_failed', start: 0, end: text.length }] }
    }
  }
  // What users add may look for anything.
  const looksCloser = [settings.detectors, settings.patterns, settings.locales].some(
    ({ length }) => length > 0,
  )
  return Object.assign(redact, {
    async async(value: unknown, about?: About): Promise<Redacted> {
      if (settings.detectors.length === 0) return run(value, about)
      const kept = snapshot(
        value,
        newPass(settings, about, () => []),
      )
      const texts = new Set<string>()
      run(kept, about, undefined, texts)
      const found = await Promise.all(
        Array.from(texts, async (text) => [text, await findAsync(text, settings)] as const),
      )
      return run(kept, about, new Map(found))
    },
    text: (text: string, about?: About) => redactText(text, about, find),
    whole(text: string, type: string, about?: About): RedactedText {
      if (text === '' || settings.off.includes(type)) return redactText(text, about, find)
      return redactText(text, about, () => [{ type, start: 0, end: text.length }])
    },
    findings: (text: string) => find(text),
    mayFind: looksCloser ? () => true : mayFind,
  })
}

function newPass(settings: Settings, about: About | undefined, find: Pass['find']): Pass {
  const { keys, hashWidth, vault } = settings
  const treating = { keys, hashWidth, vault, tenant: about?.tenant }
  const ids = about?.ids
  return { settings, treating, find, ids, notes: new Map(), warn: warnOnce, keyed: false }
}

/** Values under credential-like keys are not even read. */
function snapshot(value: unknown, pass: Pass): Plain {
  return toPlain(value, (key, path) => {
    if (!isCredentialKey(key)) return undefined
    // A key may be the secret itself.
    const place = path.map((name) => redactKey(name, { ...pass, notes: new Map() }, []))
    pass.notes.set(`${place.join('.')}\0credential-key`, 1)
    return MASK
  })
}

/** Notes are bounded; redaction is not. */
const MAX_NOTES = 50

function finished(value: Plain, pass: Pass): Redacted {
  const redactions = Array.from(pass.notes.entries())
    .slice(0, MAX_NOTES)
    .map(([place, count]) => {
      const [path = '', rule = ''] = place.split('\0')
      return { path, rule, count }
    })
  return pass.keyed ? { value, redactions, key_id: keyId(pass) } : { value, redactions }
}

function keyId({ treating }: Pass): string {
  return inPart('the key provider', () => treating.keys.current(treating.tenant).id)
}
