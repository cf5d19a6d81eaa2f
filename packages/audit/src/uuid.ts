import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4096)
let used = pool.length

// Many are made in one millisecond.
let lastTime = -1
let beginning = ''

/** A UUID version 7 (RFC 9562, 5.7): the time in milliseconds and 74 random bits, so that nobody can guess an entry. */
export function uuidv7(now: number): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  if (now !== lastTime) {
    const time = now.toString(16).padStart(12, '0')
    beginning = `${time.slice(0, 8)}-${time.slice(8)}-7`
    lastTime = now
  }
  const random = pool.toString('hex', used, used + 10)
  const variant = (8 + ((pool[used] as number) & 3)).toString(16)
  used += 10
  return `${beginning}${random.slice(2, 5)}-${variant}${random.slice(5, 8)}-${random.slice(8)}`
}
