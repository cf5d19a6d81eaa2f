import { StoreError } from '../errors.ts'
import { answerText, chatAnswer, chatMessages } from './chat-messages.ts'
import { chatTools } from './chat-tools.ts'
import type { EvalExample } from './eval-example.ts'
import { promptfooRow } from './promptfoo-row.ts'
import { uuidOf } from './row-ids.ts'
import { isPlain } from './seen-messages.ts'

/** Formats of rows: our own, and those that other tools load. */
export const EVAL_FORMATS = [
  'jsonl',
  'openai',
  'promptfoo',
  'langfuse',
  'braintrust',
  'langsmith',
] as const
/** One of `EVAL_FORMATS`. */
export type EvalFormat = (typeof EVAL_FORMATS)[number]

/** What some formats want to know besides. */
export interface EvalRowOptions {
  /** Name of the data set, which Langfuse and LangSmith have in each row; default `recount`. */
  readonly dataset?: string | undefined
  /** How promptfoo compares with what is expected; default `equals`. */
  readonly assertion?: string | undefined
}

/** An example as a row of a format; each row is one line of JSON. Throws `STORE_OPTION_INVALID`. */
export function evalRow(
  example: EvalExample,
  format: EvalFormat,
  options: EvalRowOptions = {},
): object {
  const { dataset = 'recount', assertion = 'equals' } = options
  switch (format) {
    case 'jsonl':
      return example
    case 'openai':
      return openAiRow(example)
    case 'promptfoo':
      return promptfooRow(example, about(example), assertion)
    case 'langfuse':
      return langfuseRow(example, dataset)
    case 'braintrust':
      return braintrustRow(example)
    case 'langsmith':
      return langSmithRow(example, dataset)
    default:
      throw new StoreError(
        'STORE_OPTION_INVALID',
        `Expected a format of ${EVAL_FORMATS.join(', ')}, got ${String(format)}`,
      )
  }
}

/** As github.com/openai/evals reads it: `input` in chat format, `ideal` a text. */
function openAiRow(example: EvalExample): object {
  const ideal = answerText(example.expected)
  return {
    ...inputs(example, 'input'),
    ...(ideal === null ? {} : { ideal }),
    ...rejectedText(example),
    metadata: about(example),
  }
}

/** As `POST /api/public/dataset-items` takes it; rows of one id replace each other. */
function langfuseRow(example: EvalExample, datasetName: string): object {
  return {
    datasetName,
    id: `recount-${example.id}`,
    input: inputs(example, 'messages'),
    expectedOutput: expectedValue(example),
    metadata: { ...about(example), ...rejectedText(example) },
    sourceTraceId: example.trace_id,
    sourceObservationId: example.id,
    status: 'ACTIVE',
  }
}

/** As `dataset.insert` and the upload take it. */
function braintrustRow(example: EvalExample): object {
  const { id, action, rejected, tags } = example
  const labels = [...(action === null ? [] : [action]), ...(rejected ? ['rejected'] : [])]
  return {
    id,
    input: inputs(example, 'messages'),
    expected: expectedValue(example),
    tags: [...new Set([...tags, ...labels])],
    metadata: { ...about(example), ...rejectedText(example) },
  }
}

/** As `client.createExamples` and the upload take it; ids are UUIDs there. */
function langSmithRow(example: EvalExample, dataset_name: string): object {
  const expected = chatAnswer(asChat(example.expected))
  return {
    id: uuidOf(`${dataset_name} ${example.trace_id} ${example.id}`),
    dataset_name,
    inputs: inputs(example, 'messages'),
    ...(expected === null ? {} : { outputs: { messages: [expected] } }),
    metadata: { ...about(example), ...rejectedText(example) },
  }
}

function inputs({ input, tools }: EvalExample, key: 'input' | 'messages'): object {
  const offered = chatTools(tools)
  return {
    [key]: chatMessages(input),
    ...(offered.length === 0 ? {} : { tools: offered }),
  }
}

/** A text where it is one, a message where tools were asked for, and any other value as it is. */
function expectedValue({ expected }: EvalExample): unknown {
  if (expected === null || typeof expected === 'string') return expected
  if (isPlain(expected) && !Array.isArray(expected.parts)) return expected
  const message = chatAnswer(expected)
  return message?.tool_calls === undefined ? answerText(expected) : message
}

/** What is no message is told as JSON. */
function asChat(expected: unknown): unknown {
  return isPlain(expected) && !Array.isArray(expected.parts) ? answerText(expected) : expected
}

function rejectedText({ rejected, output }: EvalExample): { rejected_output?: string } {
  const text = rejected ? answerText(output) : null
  return text === null ? {} : { rejected_output: text }
}

/** Where a row comes from, and what was said about it: no nulls, which some tools do not take. */
function about(example: EvalExample): Record<string, unknown> {
  const { id: span_id, prompt, input: _, tools: __, expected: ___, output, ...facts } = example
  const said = {
    ...{ span_id, ...facts, prompt_name: prompt?.name, prompt_version: prompt?.version },
    output: example.expected_from === 'edit' ? answerText(output) : undefined,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => isSaid(value)))
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
