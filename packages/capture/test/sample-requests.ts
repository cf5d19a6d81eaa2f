/** Requests as clients of each provider send them: address and body. */
export const SAMPLE_REQUESTS: readonly (readonly [address: string, body: unknown])[] = [
  [
    'https://api.openai.com/v1/chat/completions',
    {
      model: 'gpt-5',
      temperature: 0,
      stream: true,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"q":1}' } },
            { id: 'call_2', type: 'custom', custom: { name: 'run', input: 'select 1' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'found' },
      ],
      tools: [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }],
    },
  ],
  [
    'https://api.openai.com/v1/responses',
    {
      model: 'gpt-5',
      instructions: 'Be brief.',
      previous_response_id: 'resp_1',
      conversation: { id: 'conv_1' },
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Hello' },
            { type: 'input_file', file_id: 'file-1' },
          ],
        },
        { type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'found' },
        { type: 'item_reference', id: 'msg_1' },
      ],
      tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }],
      reasoning: { effort: 'low' },
    },
  ],
  [
    'https://api.anthropic.com/v1/messages',
    {
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      container: 'container_1',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'document', source: { type: 'file', file_id: 'file_1' } },
            { type: 'text', text: 'What is this?' },
          ],
        },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_1', name: 'look_up', input: { q: 1 } }],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', is_error: true, content: 'none' },
          ],
        },
      ],
      tools: [{ name: 'look_up', input_schema: { type: 'object' } }],
    },
  ],
  [
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      cachedContent: 'cachedContents/1',
      generationConfig: { temperature: 0, maxOutputTokens: 10 },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is this?' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { fileData: { mimeType: 'application/pdf', fileUri: 'https://files.invalid/1' } },
          ],
        },
        { role: 'model', parts: [{ functionCall: { name: 'look_up', args: { q: 1 } } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { name: 'look_up', response: { found: 1 } } }],
        },
      ],
      tools: [{ functionDeclarations: [{ name: 'look_up' }] }],
    },
  ],
  [
    'https://generativelanguage.googleapis.com/v1beta/interactions',
    { model: 'gemini-2.5-flash', input: 'Hello', previous_interaction_id: 'v1_1', stream: true },
  ],
  [
    'https://api.cohere.com/v2/chat',
    {
      model: 'command-a',
      documents: [{ data: { text: 'Opening hours' } }, 'Prices'],
      messages: [
        { role: 'user', content: 'Hello' },
        {
          role: 'assistant',
          tool_plan: 'I will look.',
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'look_up', arguments: '{}' } },
          ],
        },
        {
          role: 'tool',
          tool_call_id: '1',
          content: [{ type: 'document', document: { data: 'x' } }],
        },
      ],
    },
  ],
  [
    'http://127.0.0.1:11434/api/chat',
    {
      model: 'llama3.2',
      messages: [
        { role: 'user', content: 'What is this?', images: ['AAAA'] },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'look_up', arguments: { q: 1 } } }],
        },
        { role: 'tool', tool_name: 'look_up', content: 'found' },
      ],
      options: { temperature: 0 },
    },
  ],
  [
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3/converse',
    {
      system: [{ text: 'Be brief.' }],
      inferenceConfig: { temperature: 0 },
      messages: [
        {
          role: 'user',
          content: [{ text: 'Hello' }, { image: { format: 'png', source: { bytes: 'AAAA' } } }],
        },
        {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 't1', name: 'look_up', input: { q: 1 } } }],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 't1', status: 'error', content: [{ text: 'none' }] } },
          ],
        },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'look_up' } }] },
    },
  ],
]
