import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../src/index.ts'
import { DATA } from './data-set.ts'

export function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })
}

/** A text with the places that somebody has labelled. */
export interface Labelled {
  readonly text: string
  readonly labels: readonly Finding[]
}

interface Sentence {
  readonly full_text: string
  readonly spans: readonly {
    readonly entity_type: string
    readonly start_position: number
    readonly end_position: number
  }[]
}

const TYPES: Readonly<Record<string, string>> = {
  EMAIL_ADDRESS: 'email',
  PHONE_NUMBER: 'phone',
  CREDIT_CARD: 'credit_card',
  IBAN_CODE: 'iban',
  IP_ADDRESS: 'ip',
  US_SSN: 'ssn',
}

/** The sentences of presidio-research, with the labels of kinds that a pattern can find. */
export function presidio(): Labelled[] {
  const file = join(DATA, 'redaction/presidio-research/generated_large.json')
  const sentences = JSON.parse(readFileSync(file, 'utf8')) as Sentence[]
  return sentences.map(({ full_text, spans }) => ({
    text: full_text,
    labels: spans.flatMap(({ entity_type, start_position, end_position }) => {
      const type = TYPES[entity_type]
      return type === undefined ? [] : [{ type, start: start_position, end: end_position }]
    }),
  }))
}

/** How well a type was found. A label is found when a finding of its type covers it whole. */
export interface Score {
  readonly labels: number
  readonly found: number
  readonly findings: number
  readonly right: number
}

export function score(
  type: string,
  texts: readonly Labelled[],
  find: (text: string) => readonly Finding[],
): Score {
  const sum = { labels: 0, found: 0, findings: 0, right: 0 }
  for (const { text, labels } of texts) {
    const wanted = labels.filter((label) => label.type === type)
    const got = find(text).filter((finding) => finding.type === type)
    const covers = (a: Finding, b: Finding) => a.start <= b.start && a.end >= b.end
    const touches = (a: Finding, b: Finding) => a.start < b.end && a.end > b.start
    sum.labels += wanted.length
    sum.found += wanted.filter((label) => got.some((finding) => covers(finding, label))).length
    sum.findings += got.length
    sum.right += got.filter((finding) => wanted.some((label) => touches(finding, label))).length
  }
  return sum
}
