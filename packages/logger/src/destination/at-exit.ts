/** Something that has to be finished before the process ends. */
export interface Finishing {
  finish(): void
}

const unfinished = new Set<Finishing>()

/** Calls `finish` when the process (or the worker thread) exits, unless it is forgotten before. */
export function finishAtExit(thing: Finishing): void {
  if (unfinished.size === 0) process.on('exit', finishAll)
  unfinished.add(thing)
}

/** It is finished already. */
export function forgetAtExit(thing: Finishing): void {
  unfinished.delete(thing)
  if (unfinished.size === 0) process.off('exit', finishAll)
}

function finishAll(): void {
  for (const thing of unfinished) thing.finish()
}
