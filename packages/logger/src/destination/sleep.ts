const never = new Int32Array(new SharedArrayBuffer(4))

/** Holds the thread for some milliseconds. */
export function sleep(ms: number): void {
  Atomics.wait(never, 0, 0, ms)
}
