import type { Finding } from './detect/finding.ts'
import { type Locale, NATIONAL_IDS } from './detect/national-ids.ts'
import { withoutOverlaps } from './detect/overlaps.ts'
import { scanText } from './detect/scan.ts'
import { inPart, PartError, partError } from './part-error.ts'

/** A shape of your own. It is matched against the text with Unicode digits, dashes and spaces in ASCII. */
export interface UserPattern {
  /** Names the finding: small letters, digits and `_`. */
  readonly type: string
  /** Every quantifier bounded; flags as given, always searched everywhere. */
  readonly pattern: RegExp
}

/** A part of a text, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A detector of your own, as a model that knows names. One that answers with a promise needs `redact.async`. */
export interface Detector {
  /** Names the finding: small letters, digits and `_`. */
  readonly type: string
  find(text: string): readonly Span[] | Promise<readonly Span[]>
}

/** What is looked for. */
export interface FinderOptions {
  readonly off: readonly string[]
  readonly locales: readonly Locale[]
  readonly patterns: readonly UserPattern[]
  readonly detectors: readonly Detector[]
  /** Milliseconds for one detector and one text. */
  readonly budget: number
}

/** What asynchronous detectors have found, by text; the error where they failed. */
export type Prepared = ReadonlyMap<string, readonly Finding[] | Error>

/** All findings in a text, in order and apart; throws when a detector throws or takes too long. */
export type Finder = (text: string, prepared?: Prepared) => Finding[]

/** A finder for the built-in detectors and those of the options. */
export function createFinder(options: FinderOptions): Finder {
  const { off, detectors } = options
  const also = alsoFinder(options)
  return (text, prepared) => {
    const found = scanText(text, also, off)
    if (detectors.length === 0) return found
    const own =
      prepared?.get(text) ??
      detectors.flatMap((detector) => findNow(detector, text, options.budget))
    if (own instanceof Error) throw own
    return own.length === 0 ? found : withoutOverlaps([...found, ...own])
  }
}

/** What the detectors of the options find, awaited; each has its budget. */
export async function findAsync(
  text: string,
  { detectors, budget }: FinderOptions,
): Promise<readonly Finding[] | Error> {
  try {
    const found = await Promise.all(detectors.map((detector) => within(budget, detector, text)))
    return found.flat()
  } catch (error) {
    return partError('a detector', error)
  }
}

function alsoFinder({
  locales,
  patterns,
}: FinderOptions): ((folded: string) => Finding[]) | undefined {
  const ids = locales.flatMap((locale) => NATIONAL_IDS[locale])
  const own = patterns.map(({ type, pattern }) => ({
    type,
    pattern: everywhere(pattern),
    isValid: () => true,
  }))
  const all = [...ids, ...own]
  if (all.length === 0) return undefined
  return (folded) =>
    all.flatMap(({ type, pattern, isValid }) => {
      const found: Finding[] = []
      for (const { 0: match, index } of folded.matchAll(pattern)) {
        if (match !== '' && isValid(match.replaceAll(/[^\da-z]/gi, '').toUpperCase()))
          found.push({ type, start: index, end: index + match.length })
      }
      return found
    })
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, '')}g`)
}

function findNow(detector: Detector, text: string, budget: number): Finding[] {
  const started = performance.now()
  const spans = inPart(partOf(detector), () => detector.find(text))
  if (spans instanceof Promise) {
    spans.catch(() => {})
    throw new PartError(`${partOf(detector)} is asynchronous, so it needs redact.async`)
  }
  if (performance.now() - started > budget) throw tooSlow(detector, budget)
  return checked(spans, detector, text)
}

async function within(budget: number, detector: Detector, text: string): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(detector, budget)), budget)
  })
  const started = performance.now()
  try {
    const spans = await Promise.race([detector.find(text), late])
    // A detector that blocks holds up the timer, too.
    if (performance.now() - started > budget) throw tooSlow(detector, budget)
    return checked(spans, detector, text)
  } catch (error) {
    throw partError(partOf(detector), error)
  } finally {
    clearTimeout(timer)
  }
}

function checked(spans: readonly Span[], detector: Detector, text: string): Finding[] {
  const { type } = detector
  return inPart(partOf(detector), () =>
    Array.from(spans, ({ start, end }) => {
      if (
        Number.isInteger(start) &&
        Number.isInteger(end) &&
        start >= 0 &&
        start < end &&
        end <= text.length
      )
        return { type, start, end }
      throw new PartError(`${partOf(detector)} answered with a place outside of the text`)
    }),
  )
}

function tooSlow(detector: Detector, budget: number): PartError {
  return new PartError(`${partOf(detector)} took more than ${budget} ms`)
}

function partOf({ type }: Detector): string {
  return `the detector of ${type}`
}
