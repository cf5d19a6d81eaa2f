import type { RuleTable } from '../rule.ts'

/** What stands between: nginx, Cloudflare, envoy, load balancers, and pages where JSON was expected. */
export const PROXIES: RuleTable = {
  name: 'proxy',
  source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/502',
  rules: [
    {
      id: 'entity',
      category: 'payload_too_large',
      text: [
        'maximum allowed number of bytes',
        'request entity too large | payload too large | content too large',
        'request body too large | client intended to send too large body',
        'body exceeded * limit | http content length exceeded | request size limit',
        'exceeds the maximum size | maximum request size',
        'body is too large | maximum allowed payload size | content length exceeded',
        'exceeds the maximum request*',
      ],
      source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413',
    },
    {
      id: 'payload-codes',
      category: 'payload_too_large',
      code: [
        'PayloadTooLargeError | entity.too.large | RequestEntityTooLarge',
        'FUNCTION_PAYLOAD_TOO_LARGE | ContentTooLargeError',
      ],
      source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413',
    },
    {
      id: 'bad-gateway',
      category: 'gateway_error',
      text: [
        'bad gateway | upstream connect error | no healthy upstream',
        'disconnect/reset before headers | upstream request timeout*',
        '503 service temporarily unavailable | web server is down | origin is unreachable',
        'web server is returning an unknown error | error 1033 | error code: 52*',
        'error 52* | cloudflare tunnel | upstream prematurely closed* | upstream error',
        'upstream_reset_before_response_started | invalid response from the upstream',
        'invalid response from upstream | no live upstreams | backend fetch failed',
        'application failed to respond | invalid upstream | bad_gateway | upstream server',
      ],
      not: ['rate-limited upstream', 'timed out', 'upstream error: 4*'],
    },
    {
      id: 'envoy-overflow',
      category: 'gateway_error',
      text: ['reset reason: *'],
      source:
        'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
    },
    {
      id: 'html',
      category: 'gateway_error',
      text: [
        '<!doctype html*',
        '<html',
        '<head>',
        'unexpected token <',
        'unexpected token &lt*',
        'is not valid json * doctype',
        'doctype html',
        'unrecognized token <',
        'just a moment...',
        'attention required! | cloudflare',
        'cf-error-details',
        'invalid character < looking for beginning of value',
        'expected json * got html',
        'returned html',
        'text/html',
      ],
      not: [
        '404 | not found | 413 | request entity | 504 gateway time-out',
        'too many requests | 429',
      ],
    },
    {
      // Capture's own word for a page with HTTP 200.
      id: 'page',
      category: 'wrong_endpoint',
      code: 'UnexpectedAnswer',
      not: 'bad gateway | just a moment... | attention required! | service unavailable | gateway time-out',
    },
    {
      id: 'html-404',
      category: 'wrong_endpoint',
      text: [
        '404 not found * <html | <html 404 not found | <title>404*',
        'page not found * <html | <!doctype html* 404 | <html not found',
      ],
      source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/404',
    },
    {
      id: 'html-413',
      category: 'payload_too_large',
      text: ['413 request entity too large'],
      source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413',
    },
    {
      id: 'html-504',
      category: 'timeout',
      text: [
        '504 gateway time-out | 504 gateway timeout | a timeout occurred',
        'function_invocation_timeout | upstream request timeout | gateway time-out',
        'upstream timed out | origin * timed out | error 524',
      ],
      source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/504',
    },
    {
      id: 'authentication',
      category: 'connection_error',
      retryable: 'after_change',
      text: [
        'proxy authentication* | tunnel connection failed: 407 | 407 proxy*',
        'proxy responded with 407 | proxy * 407 authentication',
      ],
      source: 'https://www.rfc-editor.org/rfc/rfc9110#name-407-proxy-authentication-re',
    },
    {
      id: 'authentication-status',
      category: 'connection_error',
      retryable: 'after_change',
      status: 407,
      source: 'https://www.rfc-editor.org/rfc/rfc9110#name-407-proxy-authentication-re',
    },
    { id: 'status', category: 'gateway_error', status: [502, 520, 521, 522, 523, 525, 526, 530] },
  ],
}
