import { AGENT_MESSAGE_SHAPE, CLAUDE_CODE_SHAPE, CODEX_SHAPE } from './agent-transcript.ts'
import { AI_SDK_SHAPE } from './ai-sdk.ts'
import { ANTHROPIC_BATCH_SHAPE, OPENAI_BATCH_SHAPE } from './batch-output.ts'
import { LANGFUSE_SHAPE } from './langfuse.ts'
import { LANGSMITH_SHAPE } from './langsmith.ts'
import { LITELLM_SHAPE } from './litellm.ts'
import { OPENINFERENCE_SHAPE } from './openinference.ts'
import { OPENTELEMETRY_SHAPE } from './opentelemetry.ts'
import {
  ANTHROPIC_RESPONSE_SHAPE,
  GEMINI_RESPONSE_SHAPE,
  OPENAI_RESPONSE_SHAPE,
} from './provider-response.ts'
import type { LogShape } from './shape.ts'

/** Shapes of which every key is known, the most particular first: where one matches, no other is asked. */
export const KNOWN_SHAPES: readonly LogShape[] = [
  ...[CLAUDE_CODE_SHAPE, CODEX_SHAPE, OPENAI_BATCH_SHAPE, ANTHROPIC_BATCH_SHAPE, LITELLM_SHAPE],
  ...[LANGFUSE_SHAPE, LANGSMITH_SHAPE, OPENTELEMETRY_SHAPE, AI_SDK_SHAPE, OPENINFERENCE_SHAPE],
  ...[AGENT_MESSAGE_SHAPE, OPENAI_RESPONSE_SHAPE, ANTHROPIC_RESPONSE_SHAPE],
  GEMINI_RESPONSE_SHAPE,
]
