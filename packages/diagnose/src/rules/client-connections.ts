import type { RuleTable } from '../rule.ts'

/** The same clients: connections, deadlines, streams. */
export const CLIENT_CONNECTIONS: RuleTable = {
  name: 'client',
  source: 'npm:openai core/error',
  rules: [
    {
      id: 'timeout',
      category: 'timeout',
      code: [
        'APIConnectionTimeoutError | APITimeoutError | OpenAITimeoutError | ReadTimeout',
        'ReadTimeoutError | ConnectTimeout | ConnectTimeoutError | CohereTimeoutError',
        'RequestTimeoutError | TimeoutException',
      ],
      source: 'npm:openai core/error APIConnectionTimeoutError',
    },
    {
      id: 'timeout-words',
      category: 'timeout',
      text: [
        'request timed out | timed out | time out | timeout of * exceeded',
        'timeout exceeded | operation timed out | request timeout | timeout error',
        'read timeout | response timeout | timeout while* | did not respond in time',
        'timeout after | headers timeout error | body timeout error',
        'connect timeout error | deadline exceeded | context deadline exceeded',
        'timeoutexception | operation was aborted due to timeout | aborted due to timeout',
        'exceeded the timeout | client.timeout exceeded | timeout awaiting*',
        'timeout reached | stalled | no response received within | taking too long',
        'task timed out | execution timed out',
        'connection attempt failed because the connected party did not properly respond',
        'did not complete within | idle timeout | timeout waiting* | timeouterror',
        'timeout:',
      ],
      not: [
        'while downloading | statement timeout | database | lock wait | stream idle',
        'waiting for selector | page.goto | locator | sql | navigation',
      ],
    },
    {
      id: 'aborted',
      category: 'request_aborted',
      code: [
        'APIUserAbortError | AbortError | CanceledError | RequestAbortedError',
        'ResponseAborted | ERR_CANCELED | ABORT_ERR | MODEL_ABORTED | CancelledError',
        'asyncio.CancelledError | UserAbortError | AI_AbortError',
      ],
      source: 'npm:openai core/error APIUserAbortError',
      not: 'due to timeout | timed out | econnreset',
    },
    {
      id: 'aborted-words',
      category: 'request_aborted',
      text: [
        'request was aborted | operation was aborted | the user aborted a request',
        'request aborted by user | cancelled by user | canceled by user | aborted by user',
        'request was cancelled | request was canceled | client closed request',
        'context canceled | signal is aborted | was aborted by* | request aborted',
        'this operation was aborted | stopped by user | user cancelled | user canceled',
        'interrupted by user | client disconnected | generation stopped by*',
        'cancelled by the caller | operation was canceled | operation was cancelled',
        'request cancelled | request canceled | call was cancelled | user abort*',
        'aborted the request',
      ],
      not: 'timeout | econnreset | timed out',
    },
    {
      id: 'connection',
      category: 'connection_error',
      weak: true,
      code: [
        'APIConnectionError | ConnectionError | requests.exceptions.ConnectionError',
        'FetchError | NetworkError | ConnectError | AxiosError | ERR_NETWORK',
      ],
    },
    {
      id: 'no-finish',
      category: 'stream_interrupted',
      text: [
        'stream ended without producing | malformed server-sent event',
        'request ended without sending a* | stream has ended*',
        'response ended prematurely | stream disconnected* | stream closed before*',
        'stream was interrupted | stream interrupted | stream idle timeout',
        'connection closed mid-stream | error reading response | error in input stream',
        'unexpected end of stream | stream terminated* | mid-stream | before completion',
        'ended without completing | stream aborted | stream has been closed',
        'without message_stop | could not parse message into json | incomplete stream',
        'sse stream* | event stream',
      ],
      not: ['must be verified', 'stream * not supported'],
    },
    {
      id: 'connection-words',
      category: 'connection_error',
      text: [
        'connection error | network error | fetch failed | failed to fetch | load failed',
        'networkerror when attempting to fetch resource | error communicating with openai',
        'error sending request for url | connection aborted | network request failed',
        'could not connect | cannot connect to api | unable to reach',
        'network connection* | failed to connect | internet connection',
        'network is unreachable | no route to host | error connecting | offline',
        'connection failed | network issue* | unable to connect | lost connection',
      ],
      not: [
        'proxy authentication* | tunnel connection failed: 407',
        'could not connect to ollama | is the computer able to access the url | 400',
        'econnrefused | connection refused | status code | status_code | http status',
      ],
      source: 'npm:openai core/error APIConnectionError',
    },
  ],
}
