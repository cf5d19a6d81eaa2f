import type { RuleTable } from '../rule.ts'

/** LM Studio, vLLM, llama.cpp, TGI and other servers on one’s own machine. */
export const LOCAL: RuleTable = {
  name: 'local',
  source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  rules: [
    {
      id: 'oom',
      category: 'out_of_memory',
      code: [
        'OutOfMemoryError | torch.cuda.OutOfMemoryError | torch.OutOfMemoryError',
        'MemoryError | CUDA_ERROR_OUT_OF_MEMORY',
      ],
    },
    {
      id: 'oom-words',
      category: 'out_of_memory',
      text: [
        'cuda out of memory | out of memory | no available memory for the cache blocks',
        'cudamalloc failed | not enough memory | insufficient system resources',
        'memory allocation of * failed | mps backend out of memory | hip out of memory',
        'kv cache is needed, which is larger than the available* | oom-killed',
        'oom killed | oomkilled | cannot allocate memory | std::bad_alloc',
        'vk::outofdevicememoryerror | erroroutofdevicememory',
        'free memory on device * is less than desired | failed to allocate kv cache',
        'blocked by loading guardrail*',
        'model loading was stopped due to insufficient system resources',
      ],
      source: 'https://docs.vllm.ai/en/latest/configuration/conserving_memory.html',
    },
    {
      id: 'exceed_context_size_error',
      category: 'context_length_exceeded',
      code: 'exceed_context_size_error',
      source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: [
        'requested tokens * exceed context window of | exceeds the available context size',
        'the request exceeds the available context',
        'trying to keep the first * tokens when context the overflows',
        'larger context length',
        'tokens to keep from the initial prompt is greater than the context length',
        'context size has been exceeded | reached context length of * tokens',
        'decoder prompt (length * is longer than the maximum model length',
        'input is too large to process. increase the physical batch size',
        'longer than the maximum model length | the requested context length',
      ],
      source: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    },
    {
      id: 'max-tokens',
      category: 'max_output_tokens_invalid',
      text: [
        'max_tokens or max_completion_tokens is too large | max_tokens must be at least 1',
        'max_completion_tokens must be at least 1',
      ],
    },
    {
      id: 'loading',
      category: 'overloaded',
      text: 'loading model | model is loading | still loading | no slot available',
    },
    {
      id: 'no-model',
      category: 'model_not_found',
      text: [
        'no models loaded | no model loaded | model has not started loading',
        'model unloaded | failed to load model',
        'multiple models are loaded. please specify a model',
        'model * not found in available models | could not load model',
      ],
      source: 'https://lmstudio.ai/docs/developer/openai-compat',
    },
    {
      id: 'tool-choice',
      category: 'unsupported_feature',
      text: [
        'auto tool choice requires --enable-auto-tool-choice',
        'tool choice requires * tool-call-parser | tools param requires --jinja',
        'is not a multimodal model | image input is not supported',
        'this server does not support multimodal',
        'at most * image(s) may be provided in one request | does not support vision',
        'do not support image input',
      ],
    },
    {
      id: 'template',
      category: 'invalid_messages',
      text: [
        'conversation roles must alternate | error rendering prompt with jinja template',
        'only user and assistant roles are supported | chat template',
        'cannot have 2 or more assistant messages at the end | system role not supported',
        'system message must be at the beginning | no user query found in messages',
        'template error | after the optional system message, conversation roles*',
      ],
    },
    {
      id: 'unexpected-endpoint',
      category: 'wrong_endpoint',
      text: ['unexpected endpoint or method'],
      source: 'https://lmstudio.ai/docs/developer/openai-compat',
    },
    {
      id: 'engine-dead',
      category: 'server_error',
      code: 'EngineDeadError | AsyncEngineDeadError | EngineGenerateError',
    },
    {
      id: 'engine-words',
      category: 'server_error',
      text: [
        'enginecore encountered an issue | background loop has errored already',
        'cuda error | the model has crashed* | channel error | engine loop has died',
      ],
      not: ['out of memory'],
    },
    {
      id: 'grammar',
      category: 'invalid_tool_schema',
      text: [
        'failed to parse grammar | invalid grammar | failed to convert json schema',
        'unsupported json schema features',
        'the provided json schema contains features not supported by xgrammar',
        'json schema conversion failed',
      ],
    },
  ],
}
