import { CONSENT_PURPOSES, type ConsentPurpose, FIELD_TABLE } from './field-table.ts'
import type { ContentByPart, FieldSettings, Policy, PresetName, Rule } from './policy.ts'

/** The shipped policies. None keeps an upload: of `files` type, size and digest. */
export const PRESETS: Readonly<Record<PresetName, Policy>> = {
  production: {
    version: 1,
    name: 'production',
    rules: consentRules(),
    defaults: {
      content: { '*': 'digest' },
      fields: { user_id: 'treat', ip: 'drop', geography: 'drop', metadata: 'treat' },
      redact: 'personal',
    },
  },
  development: {
    version: 1,
    name: 'development',
    defaults: {
      content: 'text',
      fields: { user_id: 'keep', ip: 'keep', geography: 'keep', metadata: 'keep' },
      redact: 'secrets',
    },
  },
  /** For data such as health records: no content for any consent, and metadata only by name. */
  strict: {
    version: 1,
    name: 'strict',
    defaults: {
      content: 'none',
      fields: { user_id: 'treat', ip: 'drop', geography: 'drop', metadata: 'drop' },
      redact: 'strict',
    },
  },
}

/** The ceiling where there is no policy file: metadata only in production, elsewhere text where something asks for it. */
export function ceilingPolicy(production: boolean): Policy {
  return {
    version: 1,
    name: production ? 'no policy, production' : 'no policy',
    asking: 'required',
    defaults: {
      content: production ? 'none' : 'text',
      fields: { user_id: 'keep', ip: 'keep', geography: 'keep', metadata: 'treat' },
      redact: 'personal',
    },
  }
}

/** One rule for every set of purposes that a user may have consented to, the largest first: the first that holds decides. */
function consentRules(): Rule[] {
  let sets: ConsentPurpose[][] = [[]]
  for (const purpose of CONSENT_PURPOSES) sets = [...sets, ...sets.map((set) => [...set, purpose])]
  return sets
    .filter(({ length }) => length > 0)
    .sort((one, other) => other.length - one.length)
    .map((set) => ({
      name: `production/consent to ${set.join(' and ')}`,
      when: { consent: set },
      then: { content: openedContent(set), fields: openedFields(set) },
    }))
}

function openedContent(consent: readonly ConsentPurpose[]): ContentByPart {
  const parts = conditional(consent).flatMap((row) => row.parts ?? [])
  return { '*': 'digest', ...Object.fromEntries(parts.map((part) => [part, 'text'])) }
}

function openedFields(consent: readonly ConsentPurpose[]): FieldSettings {
  const fields = conditional(consent).flatMap((row) => row.fields ?? [])
  return Object.fromEntries(fields.map((field) => [field, 'keep']))
}

function conditional(consent: readonly ConsentPurpose[]) {
  return FIELD_TABLE.filter((row) => row.log === 'conditional').filter((row) =>
    consent.includes(row.consent),
  )
}
