import { createRedactor } from '@recount/redact'

const mask = createRedactor()

/** A text that is about to be cut, with what the detectors find masked: no piece of a secret may stay where the rest of it is gone. */
export function maskedForCut(text: string): string {
  return mask.text(text).text
}

/** A value that stands in no record of its own, as a logger's binding does: masked, whatever the policy. */
export function maskedValue(value: unknown): unknown {
  return mask(value).value
}
