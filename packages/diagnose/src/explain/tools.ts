import type { ToolCall } from '@recount/record'
import type { Facts, Seen } from './facts.ts'
import { brief } from './said.ts'
import { errorIn, isNothing } from './tool-results.ts'
import type { Verdict } from './verdict.ts'

/** Tools that failed, or gave back nothing, something old, or an error as if it were a result. */
export function blameTools({ tools }: Facts, staleAfterMs: number): Verdict[] {
  return tools.flatMap((tool, place) => {
    const repaired = tools.slice(place + 1).some((later) => isRepair(tool, later))
    return repaired ? [] : (blame(tool, staleAfterMs) ?? [])
  })
}

/** The same tool, asked again for the same, that went well. */
function isRepair(tool: Seen<ToolCall>, later: Seen<ToolCall>): boolean {
  if (later.record.tool !== tool.record.tool || later.record.status !== 'ok') return false
  const [before, after] = [tool, later].map(({ content }) => content.get('tool_arguments'))
  return JSON.stringify(before) === JSON.stringify(after)
}

function blame(tool: Seen<ToolCall>, staleAfterMs: number): Verdict | undefined {
  const { record, content } = tool
  if (record.status === 'error' || record.status === 'partial') {
    const { type, code, message } = record.error ?? { type: 'error', message: 'no message' }
    const says = brief(`${type}${code ? ` ${code}` : ''}: ${message}`)
    const failed = verdict(tool, `The tool ${record.tool} failed.`, 'error', says, 0.95)
    return isBrokenJson(content.get('tool_arguments')) ? badlyCalled(tool, failed) : failed
  }
  if (!content.has('tool_result')) return blameSize(tool)
  const result = asData(content.get('tool_result'))
  if (isNothing(result))
    return verdict(
      tool,
      `The tool ${record.tool} returned nothing.`,
      'tool_result',
      brief(result),
      0.85,
    )
  const error = errorIn(result)
  if (error !== undefined)
    return verdict(
      tool,
      `The tool ${record.tool} returned an error as if it were a result.`,
      'tool_result',
      brief(error),
      0.9,
    )
  const old = staleIn(result, record.start_time, staleAfterMs)
  if (old === undefined) return undefined
  return verdict(tool, `The tool ${record.tool} returned old data.`, 'tool_result', old, 0.85)
}

function blameSize(tool: Seen<ToolCall>): Verdict | undefined {
  const bytes = tool.bytes.get('tool_result')
  if (bytes === undefined || bytes > 4) return undefined
  const summary = `The tool ${tool.record.tool} returned nothing.`
  return verdict(tool, summary, 'tool_result', `${bytes} bytes`, 0.7)
}

function verdict(
  { span_id, record }: Seen<ToolCall>,
  summary: string,
  field: string,
  says: string,
  confidence: number,
): Verdict {
  return {
    part: 'tool',
    span_id,
    summary: `${summary} The model can only repeat what it was given.`,
    confidence,
    proof: [{ span_id, event: field === 'error' ? 'tool_call' : 'content', field, says }],
    advice: `Look at ${record.tool} and the data behind it before you change a prompt.`,
  }
}

/** Arguments of a model that are cut off or no JSON. */
function isBrokenJson(given: unknown): boolean {
  return typeof given === 'string' && /^\s*[{[]/.test(given) && typeof asData(given) === 'string'
}

function badlyCalled({ record, span_id, content }: Seen<ToolCall>, failed: Verdict): Verdict {
  const says = brief(content.get('tool_arguments'))
  return {
    ...failed,
    part: 'model',
    summary: `The model called ${record.tool} with arguments that are no JSON.`,
    proof: [{ span_id, event: 'content', field: 'tool_arguments', says }, ...failed.proof],
    advice: 'Give the message back to the model, or ask for strict tool calls.',
  }
}

/** Tools often answer in JSON as text. */
function asData(result: unknown): unknown {
  if (typeof result !== 'string') return result
  try {
    return JSON.parse(result) as unknown
  } catch {
    return result
  }
}

/** Keys that say of when data is; when a thing was last changed says nothing of it. */
const AGES =
  /^(?:as_?of|fetched_?at|cached_?at|generated_?at|retrieved_?at|snapshot_?at|data_?timestamp|synced_?at|last_?synced?)$/i
const ENDS = /^(?:expires?|expires?_?at|expiry|valid_?until|expired_?at)$/i

/** The field that says that data is old, compared with when the tool was asked. */
function staleIn(
  result: unknown,
  askedAt: number,
  staleAfterMs: number,
  depth = 0,
): string | undefined {
  if (typeof result !== 'object' || result === null || depth > 4) return undefined
  for (const [key, value] of Object.entries(result)) {
    if (/^(?:is_?)?stale$/i.test(key) && value === true) return `${key}: true`
    const time = momentOf(value)
    if (time !== undefined && AGES.test(key) && askedAt - time > staleAfterMs)
      return `${key}: ${brief(value, 40)}, ${ageText(askedAt - time)} before it was asked`
    if (time !== undefined && ENDS.test(key) && time < askedAt)
      return `${key}: ${brief(value, 40)}, before it was asked`
    const inner = staleIn(value, askedAt, staleAfterMs, depth + 1)
    if (inner !== undefined) return inner
  }
  return undefined
}

function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    if (value > 1e12) return value
    return value > 1e9 ? value * 1000 : undefined
  }
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

function ageText(ms: number): string {
  const hours = Math.round(ms / 3_600_000)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
