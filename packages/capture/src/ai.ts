export { subscribeAi } from './sdk/ai-channel.ts'
export { type AiMiddleware, aiMiddleware } from './sdk/ai-middleware.ts'
export { type AiTelemetry, aiTelemetry } from './sdk/ai-telemetry.ts'
