import { readFileSync } from 'node:fs'
import { DATA } from './data-set.ts'

/** A real error with what people say it is. */
export interface Labelled {
  readonly id: string
  readonly provider: string
  readonly label: string
  readonly alt_labels: readonly string[]
  readonly retryable: string
  readonly retry_after_s: number | null
  readonly message: string
  /** What a caller has in hand. */
  readonly input: object
}

/** The labelled errors of the data set. */
export function labelledErrors(): Labelled[] {
  const lines = readFileSync(`${DATA}errors/corpus-dev.jsonl`, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const row = JSON.parse(line) as Labelled & Record<string, unknown>
    const { id, message, status, code, error_type, provider, headers, raw } = row
    return { ...row, input: { id, message, status, code, error_type, provider, headers, raw } }
  })
}

/** The retry decision of the label, as a diagnosis says it. */
export function wantedRetry({ retryable }: Labelled): string {
  return retryable === 'n/a' ? 'unknown' : retryable.replace('-', '_')
}
