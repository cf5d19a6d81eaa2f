/** Random numbers from 0 to 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Waits in one of the ways in which code waits, as chance decides; never for a length of time. */
export function pause(random: () => number): Promise<void> {
  const ways: readonly ((done: () => void) => unknown)[] = [
    (done) => done(),
    queueMicrotask,
    setImmediate,
    (done) => setTimeout(done, 0),
    (done) => process.nextTick(done),
  ]
  const wait = ways[Math.floor(random() * ways.length)] ?? setImmediate
  return new Promise((resolve) => wait(resolve))
}
