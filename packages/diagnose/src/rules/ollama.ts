import type { RuleTable } from '../rule.ts'

/** Ollama. */
export const OLLAMA: RuleTable = {
  name: 'ollama',
  source: 'https://docs.ollama.com/api/errors',
  rules: [
    {
      id: 'not-running',
      category: 'connection_refused',
      text: [
        'ollama may not be running | ollama is not running | could not connect to ollama',
        'could not connect to a running ollama instance | ollama server not responding',
        'could not connect to ollama app | failed to connect to ollama',
        'is ollama running',
      ],
      source: 'https://docs.ollama.com/cli',
    },
    {
      id: 'memory',
      category: 'out_of_memory',
      text: [
        'model requires more system memory | unable to allocate * buffer',
        'failed to allocate * buffer | insufficient memory | requires more memory',
      ],
    },
    {
      id: 'runner',
      category: 'server_error',
      text: [
        'llama runner process has terminated | llama runner process no longer running',
        'llama runner exited | model runner has unexpectedly stopped',
        'error loading model | unable to load model | llama-server process*',
        'error reading llm response | timed out waiting for llama runner to start',
      ],
      not: 'out of memory | cudamalloc | allocate',
    },
    {
      id: 'pull',
      category: 'model_not_found',
      text: [
        'try pulling it first | model * not found',
        'pull model manifest: file does not exist | no such model',
      ],
      not: ['has been', 'memory'],
      source: 'https://ollama.com/library',
    },
    {
      id: 'tools',
      category: 'unsupported_feature',
      text: [
        'does not support tools | does not support thinking | does not support chat',
        'does not support generate | does not support embeddings',
        'does not support insert | does not support completion',
      ],
    },
    {
      id: 'one-image',
      category: 'unsupported_feature',
      text: [
        'this model only supports one image | more than one image requested',
        'this model is missing data required for image input',
        'does not support multimodal*',
      ],
    },
    {
      id: 'image-url',
      category: 'invalid_media',
      text: [
        'image urls are not currently supported | invalid image input',
        'failed to process inputs: image* | unknown format',
      ],
    },
    {
      id: 'replaced',
      category: 'model_deprecated',
      text: [
        'is no longer compatible with your version of ollama',
        'has been replaced by a newer version',
      ],
    },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: [
        'input exceeds maximum context length',
        'the input length exceeds the context length',
        'prompt too long; exceeded max context length',
        'input length exceeds maximum context length',
      ],
    },
    {
      id: 'busy',
      category: 'overloaded',
      text: ['server busy, please try again', 'maximum pending requests exceeded'],
    },
  ],
}
