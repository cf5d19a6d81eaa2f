import type { Attributes, AttributeValue } from '@opentelemetry/api'
import {
  type AnyRecord,
  type ContentPart,
  type LlmCall,
  type Retrieval,
  type ToolCall,
  toGenAiAttributes,
  type Validation,
} from '@recount/record'

/** The attributes of a record's span: OpenTelemetry's names where it has them, ours below `recount.` where it has none. */
export function attributesOf(record: AnyRecord): Attributes {
  return attributes({ ...common(record), ...own(record) })
}

/** The attribute that a part of content becomes; undefined for parts that have none. */
export function contentAttribute(part: ContentPart): string | undefined {
  return CONTENT[part]
}

const CONTENT: Partial<Record<ContentPart, string>> = {
  system: 'gen_ai.system_instructions',
  input: 'gen_ai.input.messages',
  output: 'gen_ai.output.messages',
  tools: 'gen_ai.tool.definitions',
  tool_arguments: 'gen_ai.tool.call.arguments',
  tool_result: 'gen_ai.tool.call.result',
  retrieved: 'gen_ai.retrieval.documents',
  upstream: 'recount.upstream',
  parsed: 'recount.parsed',
}

type Values = Readonly<Record<string, unknown>>

function common(record: AnyRecord): Values {
  return {
    'recount.trace_id': record.trace_id,
    'recount.span_id': record.span_id,
    'recount.status': 'status' in record ? record.status : undefined,
    'gen_ai.conversation.id': record.session_id,
    'gen_ai.agent.name': record.agent,
    'gen_ai.workflow.name': record.workflow,
    'user.id': record.user_id,
    'recount.tenant_id': record.tenant_id,
    'recount.request_id': record.request_id,
    'recount.step': record.step,
    'recount.step_attempt': record.step_attempt,
    'recount.tags': record.tags,
    ...below('recount.metadata', record.metadata),
  }
}

function own(record: AnyRecord): Values {
  switch (record.event) {
    case 'llm_call':
      return llmCall(record)
    case 'tool_call':
      return toolCall(record)
    case 'retrieval':
      return retrieval(record)
    case 'validation':
      return validation(record)
    case 'final_response':
      return {
        'recount.disposition': record.disposition,
        'recount.message_id': record.message_id,
        ...below('recount.latency_ms', record.latency_ms),
      }
    default:
      return errorType(record)
  }
}

function llmCall(call: LlmCall): Values {
  return {
    ...toGenAiAttributes(call),
    'gen_ai.prompt.name': call.prompt?.name,
    'recount.prompt.version': call.prompt?.version,
    'recount.usage_source': call.usage_source,
    'recount.cost_usd': call.cost_usd,
    'recount.cost_source': call.cost_source,
    'recount.attempt': call.attempt,
    'recount.retry_of': call.retry_of,
    'recount.fallback_of': call.fallback_of,
    'recount.message_id': call.message_id,
    'recount.provider_request_id': call.provider_request_id,
    'recount.finish_reason_raw': call.finish_reason_raw,
  }
}

function toolCall(call: ToolCall): Values {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.tool,
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': call.tool_call_id,
    ...errorType(call),
  }
}

function retrieval(lookup: Retrieval): Values {
  return {
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.data_source.id': lookup.source,
    'recount.chunks': lookup.chunks.length,
    ...errorType(lookup),
  }
}

function validation({ passed, rule }: Validation): Values {
  return { 'recount.validation.passed': passed, 'recount.validation.rule': rule }
}

function errorType(record: AnyRecord): Values {
  if (!('error' in record) || record.error === undefined) return {}
  return { 'error.type': record.error.code ?? record.error.type }
}

function below(prefix: string, values: object | undefined): Values {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([key, value]) => [`${prefix}.${key}`, value]),
  )
}

/** Unknown values are left out; what no attribute can hold is JSON. */
function attributes(values: Values): Attributes {
  const found: Attributes = {}
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue
    found[name] = isAttribute(value) ? value : JSON.stringify(value)
  }
  return found
}

function isAttribute(value: unknown): value is AttributeValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
