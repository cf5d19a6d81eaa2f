import { createRequire } from 'node:module'

/** What this package uses of `@opentelemetry/api`. */
export type OtelApi = typeof import('@opentelemetry/api')

/** Where `@opentelemetry/api` 1.x keeps what the application registered. */
const GLOBAL = Symbol.for('opentelemetry.js.api.1')
let api: OtelApi | null | undefined

/** The application's OpenTelemetry; undefined until it has registered something. The package is loaded only then. */
export function otelApi(): OtelApi | undefined {
  if (!(GLOBAL in globalThis)) return undefined
  if (api === undefined) api = loadApi()
  return api ?? undefined
}

function loadApi(): OtelApi | null {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as OtelApi
  } catch {
    return null
  }
}
