import type { Logger } from '../src/create-logger.ts'

/** Stands in every text that is content. */
export const CANARY = 'c4n4ry'

/** The parts that the story below keeps where all content is open. */
export const STORY_PARTS: readonly string[] = [
  'files',
  'input',
  'output',
  'parsed',
  'raw_request',
  'raw_response',
  'retrieved',
  'system',
  'tool_arguments',
  'tool_result',
  'tools',
  'upstream',
  'user_edit',
]

/** One answer with everything that can be recorded about it, each piece of content with the canary in it. */
export async function tellStory(log: Logger): Promise<void> {
  await log.trace('answer', { session_id: 'session-1' }, async () => {
    await log.retrieval({ source: 'handbook', query: `${CANARY} query` }, () =>
      Promise.resolve([{ id: 'doc-1', score: 0.9, text: `${CANARY} chunk` }]),
    )
    const reply = await log.llm(
      {
        provider: 'acme',
        model: 'acme-large',
        message_id: 'message-1',
        params: { temperature: 0, messages: [CANARY], system: CANARY },
        input: [{ role: 'user', content: `${CANARY} question` }],
        system: `${CANARY} system`,
        tools: [{ name: 'get_weather', description: `${CANARY} description` }],
        upstream: { summary: `${CANARY} upstream` },
        raw_request: `{"messages":["${CANARY}"]}`,
        files: [{ name: `${CANARY}.png`, type: 'image/png', data: Buffer.from(CANARY) }],
      },
      (call) => {
        call.set({ raw_response: `{"text":"${CANARY}"}` })
        return Promise.resolve({
          text: `${CANARY} answer`,
          usage: { input_tokens: 3, output_tokens: 2 },
        })
      },
    )
    log.tool({ tool: 'get_weather', arguments: { place: CANARY } }, () => ({ weather: CANARY }))
    // JSON.parse quotes what it cannot read in its message.
    log.validate(`${CANARY} is not JSON`, { parse: JSON.parse })
    log.validate({ dose: CANARY }, { rules: { dose_range: () => 'must be a number' } })
    const words = log.llm({ provider: 'acme', model: 'acme-large', input: CANARY }, () =>
      streamed(),
    )
    for await (const word of words) if (word === '') break
    log.finalResponse({ output: reply.text, message_id: 'message-1' })
  })
  log.userAction({ message_id: 'message-1', action: 'edited', user_edit: `${CANARY} edit` })
  log.evaluation({ message_id: 'message-1', name: 'helpful', score: 1, evaluator: 'human' })
}

async function* streamed(): AsyncGenerator<string> {
  for (const word of [CANARY, ' said ', CANARY]) yield await Promise.resolve(word)
}
