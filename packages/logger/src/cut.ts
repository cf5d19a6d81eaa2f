import { createRedactor, type Redactor, type RedactorOptions } from '@recount/redact'

/** What masks texts that are cut, and values that stand in no record of their own: the built-in detectors, then those of users' profiles. */
const masks: Redactor[] = [createRedactor()]
/** Loggers with profiles of their own are few. */
const MAX_MASKS = 20

/** Lets a profile's own patterns, locales and synchronous detectors mask, too. */
export function maskWith({ patterns = [], locales = [], detectors = [] }: RedactorOptions): void {
  const hasOwn = patterns.length + locales.length + detectors.length > 0
  if (hasOwn && masks.length < MAX_MASKS)
    masks.push(createRedactor({ patterns, locales, detectors }))
}

/** A text that is about to be cut, with what the detectors find masked: no piece of a secret may stay where the rest of it is gone. */
export function maskedForCut(text: string): string {
  return masks.reduce((left, mask) => mask.text(left).text, text)
}

/** A value that stands in no record of its own, as a logger's binding does: masked, whatever the policy. */
export function maskedValue(value: unknown): unknown {
  return masks.reduce((left, mask) => mask(left).value, value)
}
