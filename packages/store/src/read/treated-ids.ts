import type { Scalar } from '@recount/record'
import { createRedactor, type KeyProvider, type Redactor, vaultToken } from '@recount/redact'
import type { Filter } from './filter.ts'
import { type OneOf, valuesOf } from './one-of.ts'

/** How ids were treated on their way into the log, by the logger's policy. */
export interface TreatedOptions {
  /** Keys in force: those in use and, after a rotation, those before. */
  readonly keys: readonly KeyProvider[]
  /** Hex digits of a hash, as the redactor has them; default 8. */
  readonly hashWidth?: number | undefined
}

/** Every form in which a value may stand in records of these tenants: as it is, hashed or as a token, under each key. */
export type FormsOf = (value: string, tenants: readonly string[]) => string[]

/** What is personal as a whole, whatever it looks like. */
const WHOLE = ['user_id', 'ip', 'geography']

/** Makes forms of values. Throws `REDACT_OPTION_INVALID`, and what the first use of a key throws. */
export function treatedForms({ keys, hashWidth = 8 }: TreatedOptions): FormsOf {
  const redactors = keys.flatMap((key): Redactor[] => {
    key.current()
    const vault = {
      tokenize: (value: string, type: string, tenant?: string) =>
        vaultToken(key.current(tenant), value, type),
      detokenize: () => Promise.reject(new Error('This is no vault')),
    }
    return [
      createRedactor({ treat: { '*': 'hash' }, key, hashWidth }),
      createRedactor({ treat: { '*': 'tokenize' }, key, vault }),
    ]
  })
  return (value, tenants) => {
    const forms = new Set([value])
    for (const tenant of tenants) {
      const about = tenant === '' ? {} : { tenant }
      for (const redactor of redactors) {
        forms.add(String(redactor(value, about).value))
        for (const type of WHOLE) forms.add(redactor.whole(value, type, about).text)
      }
    }
    // What is masked, or was withheld, is the same of everybody.
    return [...forms].filter((form) => form === value || !form.includes('[REDACTED'))
  }
}

/** Keys of which the values may be treated, besides metadata. */
const TREATED = ['user_id', 'session_id', 'request_id', 'message_id', 'tag'] as const

/** Whether a filter asks for anything that may have been treated. */
export function mayBeTreated(filter: Filter): boolean {
  return (
    Object.keys(filter.metadata ?? {}).length > 0 ||
    TREATED.some((key) => filter[key] !== undefined)
  )
}

/** A filter that asks for every form of what may have been treated. */
export function withForms<F extends Filter>(
  filter: F,
  forms: FormsOf,
  tenants: readonly string[],
): F {
  const ofText = (wanted: OneOf<string>): string[] =>
    valuesOf(wanted).flatMap((value) => forms(value, tenants))
  const texts = TREATED.flatMap((key) => {
    const wanted = filter[key]
    return wanted === undefined ? [] : [[key, ofText(wanted)] as const]
  })
  const metadata = Object.entries(filter.metadata ?? {}).map(
    ([key, wanted]): [string, readonly Scalar[]] => [
      key,
      valuesOf<Scalar>(wanted).flatMap((value): Scalar[] =>
        typeof value === 'string' ? forms(value, tenants) : [value],
      ),
    ],
  )
  return {
    ...filter,
    ...Object.fromEntries(texts),
    ...(filter.metadata === undefined ? {} : { metadata: Object.fromEntries(metadata) }),
  }
}
