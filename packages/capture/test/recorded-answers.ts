import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { DATA } from './data-set.ts'

/** An answer of a provider as it was recorded. */
export interface RecordedAnswer {
  /** The file, below the data set's folder of answers. */
  readonly file: string
  readonly isStream: boolean
  /** Of streams: the data of each event. */
  readonly events: readonly string[]
  /** Of others: the body. */
  readonly body: unknown
}

const ANSWERS = `${DATA}provider-http/`

/** All recorded answers whose path begins like this and that are of this kind. */
export function recordedAnswers(
  folder: string,
  isThis: (answer: RecordedAnswer) => boolean = () => true,
): RecordedAnswer[] {
  if (!existsSync(ANSWERS)) return []
  return readdirSync(`${ANSWERS}${folder}`, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => /\.(?:json|txt|sse)$/.test(name))
    .map((name) => recorded(`${folder}/${name}`))
    .filter(isThis)
}

/** The bytes of a stream as a provider sends them: server-sent events, named where the data names its type. */
export function eventBytes(answer: RecordedAnswer, isNamed: boolean): string {
  return answer.events
    .map((data) => {
      const type = isNamed ? nameOf(data) : undefined
      return `${type === undefined ? '' : `event: ${type}\n`}data: ${data}\n\n`
    })
    .join('')
}

function recorded(file: string): RecordedAnswer {
  const text = readFileSync(`${ANSWERS}${file}`, 'utf8')
  const isStream = !file.endsWith('.json')
  return {
    file,
    isStream,
    events: isStream ? eventsOf(text) : [],
    body: isStream ? undefined : JSON.parse(text),
  }
}

function eventsOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  const data = lines.filter((line) => line.startsWith('data:'))
  if (data.length === 0) return lines.filter((line) => line.startsWith('{'))
  return data.map((line) => line.slice('data:'.length).trim())
}

function nameOf(data: string): string | undefined {
  try {
    const { type, event_type } = JSON.parse(data)
    return type ?? event_type
  } catch {
    return undefined
  }
}
