const never = new Int32Array(new SharedArrayBuffer(4))
/** Taken when this module is loaded, and the one clock that libraries of fake timers leave alone. */
const uptime: () => number = process.uptime.bind(process)
/** What the clock missed of the time that was slept: should it stand still all the same, sleeping moves it. */
let missedMs = 0

/** Monotonic milliseconds. A loop that sleeps comes to any time by this clock, whatever has replaced the system's. */
export function steadyNow(): number {
  return clockMs() + missedMs
}

/** Holds the thread for some milliseconds. */
export function sleep(ms: number): void {
  const before = clockMs()
  Atomics.wait(never, 0, 0, ms)
  missedMs += Math.max(0, ms - (clockMs() - before))
}

function clockMs(): number {
  const ms = uptime() * 1000
  return Number.isFinite(ms) ? ms : 0
}
