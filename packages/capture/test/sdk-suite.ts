import type { CaptureOptions } from '@recount/capture'
import { AI_SDKS } from './sdk-suite-ai.ts'
import { CLIENTS } from './sdk-suite-clients.ts'
import { LANGCHAIN } from './sdk-suite-langchain.ts'

/** What a case is given: the model to ask, and whether for a stream. */
export interface SdkRun {
  readonly url: string
  readonly http2: string
  readonly capture: CaptureOptions
  /** `says`, `calls` or `fails`. */
  readonly model: string
  readonly stream: boolean
}

/** A supported SDK: the real package, asked over loopback. */
export interface SdkCase {
  /** As npm calls it, with the major version that is tested. */
  readonly sdk: string
  /** How its calls are captured, as the README says it. */
  readonly how: string
  /** `provider` of the record. */
  readonly provider: string
  /** `model` of the record where it is not the one asked for. */
  readonly modelOf?: (model: string) => string
  /** Its hook does not tell, before the answer comes, that a stream was asked for. */
  readonly hidesStream?: true
  /** Asks, reads the answer to its end, and returns the text that the application saw. */
  run(run: SdkRun): Promise<string>
}

/** All supported SDKs; the README's list is made from this. */
export const SDKS: readonly SdkCase[] = [...CLIENTS, ...AI_SDKS, LANGCHAIN]

/** The list as it stands in the README. */
export function supportedTable(): string {
  const rows = SDKS.map(({ sdk, how }) => `| ${sdk} | ${how} |`)
  return ['| SDK | how |', '|---|---|', ...rows].join('\n')
}
