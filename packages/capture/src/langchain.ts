export { type LangChainHandler, langchainHandler } from './sdk/langchain.ts'
