/** Where times come from; tests give their own. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  wall(): number
  /** Monotonic milliseconds from any origin. */
  monotonic(): number
}

/** Past this many milliseconds of difference the wall clock was set anew. */
const STEP_MS = 5

/** The system's clocks; the wall clock has microseconds and follows when somebody sets the time. */
export function systemClock(): Clock {
  const { performance } = globalThis
  let offset = performance.timeOrigin
  return {
    wall() {
      const elapsed = performance.now()
      const now = Date.now()
      if (Math.abs(now - (offset + elapsed)) > STEP_MS) offset = now - elapsed
      return offset + elapsed
    },
    monotonic: () => performance.now(),
  }
}

/** Milliseconds with three decimals. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
