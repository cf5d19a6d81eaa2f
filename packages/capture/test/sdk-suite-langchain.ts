import { langchainHandler } from '@recount/capture/langchain'
import type { SdkCase } from './sdk-suite.ts'
import { TOOL } from './wire.ts'

const apiKey = 'none'

/** LangChain, by a callback handler. */
export const LANGCHAIN: SdkCase = {
  sdk: '`@langchain/core` 1',
  how: '`callbacks: [langchainHandler()]`',
  provider: 'openai',
  async run({ url, capture, model, stream }) {
    const { ChatOpenAI } = await import('@langchain/openai')
    const schema = { type: 'object', properties: { where: { type: 'string' } } }
    const chat = new ChatOpenAI({
      model,
      apiKey,
      temperature: 0,
      streaming: stream,
      maxRetries: 0,
      callbacks: [langchainHandler(capture)],
      configuration: { baseURL: url },
    }).bindTools([
      { type: 'function', function: { name: TOOL.name, description: 'Looks', parameters: schema } },
    ])
    const asked = 'What is in the fridge?'
    if (!stream) return (await chat.invoke(asked)).text
    let said = ''
    for await (const chunk of await chat.stream(asked)) said += chunk.text
    return said
  },
}
