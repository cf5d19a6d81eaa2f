import { type ClientKind, holds, isObject } from './client-kind.ts'
import { COHERE } from './cohere.ts'
import { GOOGLE_GENAI } from './google-genai.ts'
import { MISTRAL } from './mistral.ts'
import { OLLAMA } from './ollama.ts'
import { STAINLESS, STAINLESS_4 } from './stainless.ts'

const KINDS: readonly ClientKind[] = [GOOGLE_GENAI, MISTRAL, OLLAMA, COHERE, STAINLESS, STAINLESS_4]

/** What kind of client it is; undefined for one that nothing is known of. */
export function kindOf(client: unknown): ClientKind | undefined {
  if (!isObject(client)) return undefined
  return KINDS.find((kind) => holds(() => kind.matches(client)))
}
