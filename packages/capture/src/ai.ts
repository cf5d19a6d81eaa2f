export { type AiMiddleware, aiMiddleware } from './sdk/ai-middleware.ts'
