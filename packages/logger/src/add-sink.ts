import type { AnyRecord, Sink } from '@recount/record'
import type { DestinationStream } from 'pino'
import { LoggerError } from './errors.ts'
import { type AnyPino, streamOf, writingTo } from './pino-internals.ts'
import type { Writing } from './record-writer.ts'
import { recordingOf, safely } from './recording.ts'
import type { RecordingMethods } from './recording-methods.ts'

/**
 * Gives a sink every record, content too, that a logger, its parents and children write from now on, as it stands on its
 * line: after redaction, after your own serializers. The function that comes back takes the sink off again.
 * Throws `LOGGER_OPTION_INVALID`.
 */
export function addSink(logger: RecordingMethods, sink: Sink): () => void {
  const recording = typeof logger?.start === 'function' && recordingOf(logger as unknown as AnyPino)
  if (!recording) throw invalid('logger', 'a logger of `createLogger`', logger)
  if (typeof sink?.write !== 'function')
    throw invalid('sink', 'an object with `write(record)`', sink)
  const { writing } = recording
  writing.listeners = [...(writing.listeners ?? []), sink]
  return () => {
    const rest = writing.listeners?.filter((other) => other !== sink)
    writing.listeners = rest?.length === 0 ? undefined : rest
  }
}

function invalid(name: string, expected: string, value: unknown): LoggerError {
  const got = value === null ? 'null' : typeof value
  return new LoggerError(
    'LOGGER_OPTION_INVALID',
    `Expected \`${name}\` to be ${expected}, got ${got}`,
  )
}

/** A view of a logger whose lines go to its stream, and then to who listens. */
export function tellingListeners(
  logger: AnyPino,
  { listeners = [] }: Pick<Writing, 'listeners'>,
): AnyPino {
  const stream = streamOf(logger)
  const view = Object.create(stream, {
    write: {
      value(line: string): void {
        // What pino says of a line to a stream that asks for it, it says by setting properties.
        Object.assign(stream, view)
        stream.write(line)
        safely(() => tell(listeners, line))
      },
    },
  }) as DestinationStream
  return writingTo(logger, view)
}

function tell(sinks: readonly Sink[], line: string): void {
  const record = JSON.parse(line) as AnyRecord
  for (const sink of sinks) safely(() => sink.write(record))
}
