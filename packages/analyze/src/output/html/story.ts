import type { Change } from '../../compare/comparison.ts'
import { ERRORS_UNKNOWN } from '../../count/group.ts'
import type { Report } from '../../report.ts'
import { countText, moneyText, plural, shareText, timeText } from '../../text/number-text.ts'
import { shorten } from '../../text/text-layout.ts'
import { NO_MODEL, subjectName } from '../group-names.ts'
import { changeText, metricText, metricWords } from '../metric-words.ts'
import { periodText } from '../period.ts'

const MAX_CHANGES = 5
const MAX_NAME = 60

/** The report in sentences, for somebody who reads nothing else. */
export function storySentences(report: Report): string[] {
  const stopped = report.partial && 'Partial: reading was stopped before the end.'
  if (report.totals.calls === 0)
    return [...(stopped ? [stopped] : []), 'There is no finished call in what was read.']
  const sentences = [
    stopped,
    callsSentence(report),
    errorsSentence(report),
    latencySentence(report),
    costSentence(report),
    tokensSentence(report),
    interruptedSentence(report),
  ]
  return sentences.filter((sentence) => sentence !== undefined)
}

/** What is different from the baseline, in sentences; empty without one. */
export function changeSentences({ comparison }: Report): string[] {
  if (comparison === undefined) return []
  const beyond = comparison.changes.filter(({ beyond_noise }) => beyond_noise === true)
  const compared = plural(comparison.comparisons, 'number')
  if (beyond.length === 0) return [`None of ${compared} changed by more than chance explains.`]
  const told = beyond.filter(({ metric }) => !/p9[09]$/.test(metric)).slice(0, MAX_CHANGES)
  const rest = beyond.length - told.length
  return [
    `${countText(beyond.length)} of ${compared} changed by more than chance explains.`,
    ...told.map(changeSentence),
    ...(rest > 0 ? [`The table has ${countText(rest)} more.`] : []),
  ]
}

function callsSentence({ totals, by_model, window, input }: Report): string {
  const models = by_model.filter(({ model }) => model !== null)
  const [only] = models
  const to =
    models.length > 1
      ? ` to ${plural(models.length, 'model')}`
      : only?.model
        ? ` to ${shorten(only.model, MAX_NAME)}`
        : ''
  const period = periodText(window)
  const about = input.sampled_records > 0 ? 'About ' : ''
  const when = period === undefined ? '' : `, ${period}`
  return `${about}${plural(totals.calls, 'model call')}${to}${when}.`
}

function errorsSentence({ totals, errors_by_type }: Report): string {
  const { errors, error_rate, calls } = totals
  if (errors === null) return `Whether calls failed is unknown: ${ERRORS_UNKNOWN}.`
  if (errors === 0) return 'No call failed.'
  const most = errors_by_type[0]
  const why =
    most?.type && errors_by_type.length > 1
      ? `, most often with ${shorten(most.type, MAX_NAME)} (${countText(most.count)} times)`
      : ''
  return `${countText(errors)} of ${plural(calls, 'call')} failed: ${shareText(error_rate)}${why}.`
}

function latencySentence({ latency_ms, ttft_ms }: Report): string {
  if (latency_ms.count === 0) return 'No successful call says how long it took.'
  const first =
    ttft_ms.count > 0
      ? ` The first token came within ${timeText(ttft_ms.p50)} in half of the streams.`
      : ''
  return `Half of the answers took at most ${timeText(latency_ms.p50)}; one in twenty took longer than ${timeText(latency_ms.p95)}.${first}`
}

function costSentence({ totals, by_model }: Report): string {
  const { cost_usd, cost_unknown_calls: unpriced, calls } = totals
  if (cost_usd === null) return 'What they cost is unknown.'
  const [most] = by_model.toSorted((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0))
  const share =
    by_model.length > 1 && most?.cost_usd && cost_usd > 0
      ? `, ${shareText(most.cost_usd / cost_usd)} of it for ${shorten(most.model ?? NO_MODEL, MAX_NAME)}`
      : ''
  const priced = calls - unpriced
  const each = unpriced === 0 && priced > 0 ? ` (${moneyText(cost_usd / priced)} a call)` : ''
  const rest = unpriced > 0 ? ` The price of ${plural(unpriced, 'call')} is unknown.` : ''
  return `They cost ${moneyText(cost_usd)}${each}${share}.${rest}`
}

function tokensSentence({ totals }: Report): string | undefined {
  const { avg_input_tokens: sent, avg_output_tokens: received } = totals
  if (sent === null || received === null) return undefined
  return `A call sends ${plural(Math.round(sent), 'token')} and gets ${countText(Math.round(received))} back on average.`
}

function interruptedSentence({ input }: Report): string | undefined {
  if (input.interrupted === 0) return undefined
  const most = input.interrupted_exact ? '' : 'At most '
  return `${most}${plural(input.interrupted, 'call')} started and never ended.`
}

function changeSentence(change: Change): string {
  const { metric, baseline, current } = change
  const subject = subjectName(change)
  const of = subject === undefined ? '' : ` of ${shorten(subject, MAX_NAME)}`
  const direction = current > baseline ? 'rose' : 'fell'
  return `The ${plainWords(metric)}${of} ${direction} from ${metricText(metric, baseline)} to ${metricText(metric, current)} (${changeText(metric, change)}).`
}

/** As the cards above call them. */
function plainWords(metric: string): string {
  return metricWords(metric)
    .replace(/^p50 /, 'typical ')
    .replace(/^p95 (.*)$/, '$1 that the slowest 5 % exceed')
}
