export { addSink } from '@recount/logger'
export { type OtelOptions, otel } from './otel/otel.ts'
export type {
  AnswerFacts,
  Provider,
  ProviderFailure,
  RequestFacts,
  StreamReader,
} from './provider.ts'
export { PROVIDERS, providerNamed, providerOf } from './providers/known.ts'
