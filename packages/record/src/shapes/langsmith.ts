import { at, clues, type LogShape } from './shape.ts'

/** Runs as LangSmith exports them; chains and tools repeat the tokens of the models inside them. */
export const LANGSMITH_SHAPE: LogShape = {
  name: 'langsmith',
  title: 'runs exported from LangSmith',
  calls: [[...clues('text', 'run_type'), ...clues('set', 'start_time')]],
  unless: clues(['chain', 'tool', 'retriever', 'prompt', 'parser', 'embedding'], 'run_type'),
  failed: [...clues('set', 'error'), ...clues('failure-word', 'status')],
  succeeded: [...clues('success-word', 'status'), ...clues('set', 'outputs')],
  aborted: clues('abort-word', 'status'),
  fields: {
    provider: at('extra.metadata.ls_provider', 'metadata.ls_provider'),
    model: at(
      ...['extra.metadata.ls_model_name', 'metadata.ls_model_name', 'model_name'],
      ...['extra.invocation_params.model', 'extra.invocation_params.model_name'],
    ),
    start_time: at('start_time'),
    end_time: at('end_time'),
    first_token_time: at('first_token_time'),
    input_tokens: at('prompt_tokens', 'outputs.usage_metadata.input_tokens'),
    output_tokens: at('completion_tokens', 'outputs.usage_metadata.output_tokens'),
    cost_usd: at('total_cost'),
    span_id: at('id'),
    trace_id: at('trace_id'),
    session_id: at('extra.metadata.session_id', 'extra.metadata.thread_id'),
    span_name: at('name'),
    tags: at('tags'),
    metadata: at('extra.metadata', 'metadata'),
  },
}
