/** What stands below the options in `recount analyze --help`; a test holds it against the analyze package. */
export const ANALYZE_HELP = `
Keys of --by:
  model, provider, prompt, user, tenant, session, step, workflow, agent,
  service, release, environment, tag, error, trace, finish, metadata.KEY,
  minute, hour, day (of --zone)

Metrics of --fail-on 'METRIC OP [+|-]NUMBER[%|ms|s|usd]', OP one of < <= > >=
== !=; with a sign the change since the --baseline is compared:
  p50, p90, p95, p99, ttft_p50, ttft_p90, ttft_p95, ttft_p99,
  calls, errors, partial, aborted, retries, error_rate, interrupted,
  input_tokens, output_tokens, avg_input_tokens, avg_output_tokens,
  cost_usd, cost_unknown_calls,
  latency_ms.count, latency_ms.mean, latency_ms.min, latency_ms.max,
  latency_ms.p50, latency_ms.p90, latency_ms.p95, latency_ms.p99,
  ttft_ms.count, ttft_ms.mean, ttft_ms.min, ttft_ms.max,
  ttft_ms.p50, ttft_ms.p90, ttft_ms.p95, ttft_ms.p99,
  input.files, input.bytes, input.lines, input.records, input.interrupted,
  input.retries_unmatched, input.skipped.malformed, input.skipped.not_a_call,
  input.skipped.outside_window, input.skipped.no_time,
  by_model[NAME].METRIC, groups[VALUE,VALUE].METRIC (as calls, cost_usd,
  error_rate, latency_ms.p95), errors_by_type[NAME].count,
  errors_by_category[NAME].count; [*] is any of them

Examples:
  recount analyze logs/app.jsonl
  recount analyze 'logs/**/*.jsonl*' --since 24h --by model,prompt
  recount analyze app.jsonl --fail-on 'error_rate > 2%' --fail-on 'p95 > 3s'
  recount analyze app.jsonl --since 24h --baseline 24h --fail-on 'p95 > +20%'
  recount analyze app.jsonl --by user --fail-on 'groups[*].cost_usd > 5'
  recount analyze 'logs/*.jsonl*' --state /var/lib/recount/hourly.json --json
  recount analyze merge monday.json tuesday.json
  recount analyze recount.db --by tenant      a store, also clickhouse://HOST/DB
  zcat old.jsonl.gz | recount analyze - --json | jq .totals
`
