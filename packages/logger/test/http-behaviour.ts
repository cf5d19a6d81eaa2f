import { EventEmitter, once } from 'node:events'
import type http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../src/index.ts'
import { randomFrom } from './http-client.ts'

/** What every app does, whatever its framework. */
export interface Behaviour {
  readonly log: Logger
  /** Answers `/users/:id`. */
  work(id: string): Promise<object>
  /** Emits `release` when a request may go on, `hanging` when `/hang` is reached. */
  readonly gate: EventEmitter
}

/** Work that mixes with that of other requests: timers, parallel calls, a step with a call inside. */
export function behaviour(log: Logger): Behaviour {
  const random = randomFrom(7)
  const pause = (): Promise<void> => delay(random() * 4)
  const ask = (id: string, model: string): Promise<string> =>
    log.llm({ provider: 'acme', model }, async () => {
      await pause()
      log.info({ id, inside: model }, 'inside a call')
      return 'fine'
    })
  return {
    log,
    gate: new EventEmitter(),
    async work(id) {
      await pause()
      await Promise.all([
        ask(id, 'one'),
        log.step('look up', async () => {
          await pause()
          await ask(id, 'two')
        }),
      ])
      await new Promise<void>((resolve) => setTimeout(() => setImmediate(resolve), random() * 3))
      log.info({ id }, 'at the end')
      return { id }
    },
  }
}

/** An error whose text does not depend on who calls. */
export function boom(): Error {
  const error = new Error('boom')
  error.stack = 'Error: boom'
  return error
}

export async function* parts({ log, gate }: Behaviour): AsyncGenerator<string> {
  log.info('first part')
  yield 'first,'
  await once(gate, 'release')
  log.info('last part')
  yield 'last'
}

/** More than a socket takes at once, so that the source is asked again when the response has drained. */
export async function* much(log: Logger): AsyncGenerator<Buffer> {
  for (let part = 0; part < 64; part++) {
    log.info({ part }, 'a part')
    yield Buffer.alloc(64 * 1024, 'x')
  }
}

export async function hang({ log, gate }: Behaviour): Promise<void> {
  log.info('hanging')
  await once(gate, 'release')
  log.info('released')
}

export function readEvents(
  log: Logger,
  request: http.IncomingMessage,
  done: (body: string) => void,
): void {
  let body = ''
  request.on('data', (chunk) => {
    log.info('a chunk')
    body += String(chunk)
  })
  request.on('end', () => {
    log.info('the body')
    done(body)
  })
}
