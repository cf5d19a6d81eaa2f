import { wordsOf } from './words.ts'

/** What kind of value a key of ours has. */
export type ValueKind = 'tokens' | 'length' | 'moment' | 'money' | 'text'

/** Names that others have for a key of ours. */
export interface KeyNames {
  readonly key: string
  readonly kind: ValueKind
  /** Each a set of words, in any order and spelling; the best first. */
  readonly names: readonly (readonly string[])[]
}

function names(key: string, kind: ValueKind, ...texts: readonly string[]): KeyNames {
  const all = texts.flatMap((text) => text.split(', '))
  return { key, kind, names: all.map((text) => [...new Set(wordsOf(text))]) }
}

/** Keys of ours, and what others call them. Units are no part of a name. */
export const KEY_NAMES: readonly KeyNames[] = [
  names(
    'input_tokens',
    'tokens',
    'input tokens, tokens in, prompt eval, prompt length tokens, query tokens',
    'request tokens, req units',
  ),
  names(
    'output_tokens',
    'tokens',
    'output tokens, tokens out, eval, response tokens, answer tokens, reply tokens',
    'new tokens, res units',
  ),
  names(
    'cache_read_tokens',
    'tokens',
    'cache read tokens, cache hit tokens, cached tokens, cached input tokens',
    'cache read input tokens, cached content tokens',
  ),
  names('cache_write_tokens', 'tokens', 'cache write tokens, cache write input tokens'),
  names('reasoning_tokens', 'tokens', 'reasoning tokens, reasoning output tokens'),
  names(
    'duration_ms',
    'length',
    'total latency, end to end latency, e2e latency, e2e, latency, time taken, total time',
    'response time, response latency, processing time, process time, wall time',
    'request time, request latency, call time, execution time, exec time, inference time',
    'generation time, api time, roundtrip, round trip, rtt, call latency',
    'invocation latency, invocation time, inference latency, api latency, llm time, llm latency, model latency',
  ),
  names(
    'ttft_ms',
    'length',
    'ttft, ttfb, time to first token, time to first chunk, time to first byte',
    'first token latency, first token time, first token, first chunk, first chunk latency',
    'first byte, time first token',
  ),
  names(
    'start_time',
    'moment',
    'start time, start time unix, started at, start, request start, request start time, request time',
    'timestamp, time, time stamp, time unix, logging time, created at, created, logged at, log time, event time, at, when',
    '@timestamp, unixtime, epoch, requested at, t, utc, asctime',
  ),
  names(
    'end_time',
    'moment',
    'end time, end time unix, ended at, end, completed at, response time, request end, request end time',
  ),
  names('first_token_time', 'moment', 'first token at, first token time, completion start time'),
  names(
    'cost_usd',
    'money',
    'total cost, cost, cost total, call cost, request cost, response cost, llm cost',
    'cost usd, estimated cost',
  ),
  names(
    'model',
    'text',
    'model, model name, model id, llm model, llm, request model, model slug, deployed model id, model version',
    'deployment, deployment name, llm name, model requested, ai model, deployment id',
    'model used',
  ),
  names('response_model', 'text', 'response model'),
  names('provider', 'text', 'provider, llm provider, model provider, provider name, provider id'),
  names(
    'finish_reason',
    'text',
    'finish reason, stop reason, done reason, finish, completion reason',
  ),
  names(
    'user_id',
    'text',
    'user id, user, end user, end user id, username, user name, user email, uid',
    'customer user id, account user',
  ),
  names(
    'tenant_id',
    'text',
    'tenant id, tenant, tenant name, customer id, customer, account id, account',
    'client id, company, project',
  ),
  names('session_id', 'text', 'session id, session, conversation id, thread id'),
  names('trace_id', 'text', 'trace id, trace, correlation id'),
  names('request_id', 'text', 'request id, req id'),
  names(
    'prompt_name',
    'text',
    'prompt name, prompt template, template name, template, prompt id, prompt key',
    'prompt template name, template id',
  ),
  names('prompt_version', 'text', 'prompt version, template version, prompt template version'),
  names(
    'workflow',
    'text',
    'workflow, workflow name, pipeline, pipeline name, flow, flow name, feature, use case',
    'task',
  ),
  names('step', 'text', 'step, step name, node, node name, stage'),
  names('agent', 'text', 'agent, agent name'),
  names('service', 'text', 'service, service name, app, app name, application, application name'),
  names('release', 'text', 'release, app version, service version, release version'),
  names('environment', 'text', 'environment, environment name'),
]
