import { StoreError } from '../errors.ts'
import { answerText, chatMessages } from './chat-messages.ts'
import { chatTools } from './chat-tools.ts'
import type { EvalExample } from './eval-example.ts'

/** Assertions that compare an answer with a text; those that run a text as code are none of them. */
const PROMPTFOO_ASSERTIONS: readonly string[] = [
  ...['equals', 'contains', 'icontains', 'similar', 'levenshtein', 'rouge-n', 'bleu'],
  ...['factuality', 'llm-rubric'],
]

/**
 * A test of promptfoo: `prompts: ['{{messages}}']` sends the messages. promptfoo renders templates in variables and
 * assertions, and loads or runs what begins like the path of a file: what was said in a call must do neither. Throws `STORE_OPTION_INVALID`.
 */
export function promptfooRow(
  example: EvalExample,
  about: Readonly<Record<string, unknown>>,
  assertion: string,
): object {
  if (!PROMPTFOO_ASSERTIONS.includes(assertion))
    throw new StoreError(
      'STORE_OPTION_INVALID',
      `Expected an assertion of ${PROMPTFOO_ASSERTIONS.join(', ')}, got ${assertion}`,
    )
  const { id, prompt, action } = example
  const tools = chatTools(example.tools)
  const named = [id, prompt?.name, action].filter((part) => typeof part === 'string')
  return {
    description: named.join(' '),
    vars: { messages: inertJson(chatMessages(example.input)) },
    assert: assertions(example, assertion),
    metadata: { ...about, ...(tools.length === 0 ? {} : { tools }) },
  }
}

function assertions({ expected, rejected, output }: EvalExample, type: string): object[] {
  const wanted = answerText(expected)
  const unwanted = rejected && wanted === null ? answerText(output) : null
  return [
    ...(wanted === null ? [] : [{ type, value: inertText(wanted) }]),
    ...(unwanted === null ? [] : [{ type: 'not-equals', value: inertText(unwanted) }]),
  ]
}

/** JSON in which no template begins or ends: every brace within a text is escaped. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) =>
    text.replaceAll('{', '\\u007b').replaceAll('}', '\\u007d'),
  )
}

/** The end of a comment is an error where none has begun. */
const LIVELY = /^(?:file|package):|[{][{%#]|#[}]/

/** A text that renders as itself: where it might be taken for more, a template that says nothing but the text. */
function inertText(text: string): string {
  if (!LIVELY.test(text)) return text
  const quoted = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  const line = quoted.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return `{{ "${line}" }}`
}
