import { createHash } from 'node:crypto'
import { stat, unlink } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError, systemCode } from './errors.ts'

/** The right to be a folder's one writer. The system takes it back when the process dies, however it dies. */
export interface Lock {
  release(): Promise<void>
}

const ASK_AGAIN_MS = 50
const ANSWER_MS = 200

/**
 * Takes the lock of a folder, waiting so many milliseconds for whoever has it. Throws `AUDIT_LOCKED`. It holds among the processes
 * of one machine (on Linux: of one network namespace); beyond that the writer's own look at its segment file fences it.
 */
export async function takeLock(dir: string, wait: number): Promise<Lock> {
  const address = await addressOf(dir)
  const until = performance.now() + wait
  for (;;) {
    const lock = await listen(address)
    if (lock !== undefined) return lock
    const left = until - performance.now()
    if (left <= 0) throw await locked(dir, address)
    await freed(address, Math.min(left, 1000))
  }
}

/** A name that the system forgets with its process: an abstract socket on Linux, a named pipe on Windows; else a socket file. */
async function addressOf(dir: string): Promise<string> {
  const { dev, ino } = await stat(dir, { bigint: true })
  const name = `recount-audit-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32)}`
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name)
}

async function listen(address: string): Promise<Lock | undefined> {
  const waiting = new Set<Socket>()
  const server = createServer((socket) => {
    waiting.add(socket)
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket))
    socket.unref()
    socket.write(`${JSON.stringify({ pid: process.pid })}\n`)
  })
  // The lock alone must not keep a process alive.
  server.unref()
  const error = await new Promise<Error | undefined>((resolve) => {
    server.once('error', resolve)
    server.listen(address, () => resolve(undefined))
  })
  if (error === undefined) return { release: () => letGo(server, waiting) }
  if (systemCode(error) !== 'EADDRINUSE') throw error
  await removeAbandoned(address)
  return undefined
}

/** Who waits is told by the end of its connection. */
function letGo(server: Server, waiting: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of waiting) socket.destroy()
  })
}

/** A socket file outlives its process; nobody answers there then. */
async function removeAbandoned(address: string): Promise<void> {
  if (process.platform === 'linux' || process.platform === 'win32') return
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(address, () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (!isAlive) await unlink(address).catch(() => undefined)
}

/** Resolves when whoever has the lock lets go or dies, which ends the connection; or after so many milliseconds. */
function freed(address: string, most: number): Promise<void> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect(address).resume()
    const timer = setTimeout(() => socket.destroy(), most)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      // At once after a refusal (it is free already, or too many wait) would be a busy loop.
      const waited = performance.now() - started
      setTimeout(resolve, Math.min(most, Math.max(0, ASK_AGAIN_MS - waited)))
    })
  })
}

async function locked(dir: string, address: string): Promise<AuditError> {
  const holder = await askHolder(address)
  return new AuditError(
    'AUDIT_LOCKED',
    `Expected to be the one writer of ${dir}, but ${holder}; wait for it to end, or give this process a stream of its own`,
  )
}

/** Who has the lock. A stopped process does not say. */
function askHolder(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(address)
    const timer = setTimeout(() => {
      socket.destroy()
      resolve('a process that does not answer has it open')
    }, ANSWER_MS)
    const end = (text: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(text)
    }
    socket.on('error', () => end('another process had it open'))
    socket.on('data', (bytes) => {
      const { pid } = JSON.parse(String(bytes)) as { pid: number }
      end(`process ${pid} has it open`)
    })
  })
}
