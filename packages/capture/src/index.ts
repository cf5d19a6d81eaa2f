export type {
  AnswerFacts,
  Provider,
  ProviderFailure,
  RequestFacts,
  StreamReader,
} from './provider.ts'
