import { cleanText } from '../text/text-layout.ts'

/** Labels of a sample; an empty value is one that a record does not say. */
export interface Labels {
  readonly [name: string]: string
}

/** A metric with all its samples; those without a value are left out. */
export interface Family {
  readonly name: string
  readonly type: 'gauge' | 'summary'
  readonly help: string
  readonly samples: readonly {
    readonly suffix?: string
    readonly labels: Labels
    readonly value: number | null
  }[]
}

/** A family in the text exposition format 0.0.4; empty without a sample. */
export function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.flatMap(({ suffix = '', labels, value }) =>
    value === null ? [] : [`${name}${suffix}${labelsText(labels)} ${value}\n`],
  )
  if (lines.length === 0) return ''
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** A key of `--by` as the name of a label. */
export function labelName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_')
}

/** The same with a number behind what would be there twice: a repeated sample makes the whole file invalid. */
export function uniqueLabels(rows: readonly Labels[]): Labels[] {
  const seen = new Set<string>()
  return rows.map((row) => {
    let labels = row
    for (let n = 2; seen.has(labelsText(labels)); n++) labels = numbered(row, n)
    seen.add(labelsText(labels))
    return labels
  })
}

function numbered(labels: Labels, n: number): Labels {
  const [name = '', value = ''] = Object.entries(labels).at(-1) ?? []
  return { ...labels, [name]: `${value} (${n})` }
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return cleanText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
