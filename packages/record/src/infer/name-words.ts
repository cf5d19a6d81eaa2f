import { wordsOf } from './words.ts'

/** Words that change nothing of a name. */
export const FILLERS: ReadonlySet<string> = new Set(
  wordsOf(
    'num number n nb amount count total llm ai the of approx detail details info meta metadata metric metrics stat stats timing timings perf performance billing result response request req resp res call data body event attributes payload value raw content extra field fields log record span openai anthropic api message entry properties props params model',
  ),
)

/** A key with one of these words is about something else than this call. */
export const BLOCKERS: ReadonlySet<string> = new Set([
  ...['max', 'min', 'limit', 'remaining', 'budget', 'quota', 'threshold', 'avg', 'average', 'mean'],
  ...['median', 'p50', 'p75', 'p90', 'p95', 'p99', 'std', 'stddev', 'cumulative', 'running', 'per'],
  ...[
    'rate',
    'ratio',
    'percent',
    'pct',
    'before',
    'after',
    'baseline',
    'expected',
    'previous',
    'prev',
  ],
  ...[
    'allowed',
    'available',
    'saved',
    'delta',
    'diff',
    'retry',
    'queue',
    'queued',
    'wait',
    'db',
    'sql',
  ],
  ...[
    'tool',
    'tools',
    'window',
    'lifetime',
    'daily',
    'monthly',
    'accepted',
    'rejected',
    'prediction',
  ],
])

/** Words of statistics: a record with several is a summary of calls. */
export const STATISTICS: ReadonlySet<string> = new Set([
  ...[
    'avg',
    'average',
    'mean',
    'median',
    'p50',
    'p75',
    'p90',
    'p95',
    'p99',
    'std',
    'stddev',
    'quantile',
  ],
  ...['percentile', 'throughput'],
])
