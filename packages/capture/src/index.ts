export { addSink } from '@recount/logger'
export { type CallLabels, labelCalls } from './call-labels.ts'
export { type CallPrice, createPricer, type PricedCall, type Pricer } from './cost/call-price.ts'
export type { PriceRule } from './cost/price-rule.ts'
export type { DebugClient, DebugRequest } from './debug/client-call.ts'
export {
  createDebug,
  type Debug,
  type DebugCallOptions,
  type DebugEntry,
  type DebugOptions,
} from './debug/create-debug.ts'
export type { DebugJob } from './debug/job.ts'
export { CAPTURE_ERROR_CODES, CaptureError, type CaptureErrorCode } from './errors.ts'
export { captureFetch } from './fetch/capture-fetch.ts'
export type { CaptureOptions } from './options.ts'
export { type OtelOptions, type OtelSink, otel } from './otel/otel.ts'
export type {
  AnswerFacts,
  Provider,
  ProviderFailure,
  RequestFacts,
  StreamReader,
} from './provider.ts'
export { PROVIDERS, providerNamed, providerOf } from './providers/known.ts'
export { instrument } from './sdk/instrument.ts'
export { CAPTURE_WARNING_CODES, type CaptureWarningCode } from './warnings.ts'
