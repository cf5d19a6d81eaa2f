/** Lets what must not happen at the same time happen one after the other; what fails keeps nothing from its turn. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Acts once all before it have ended. */
  take<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act)
    this.#last = done.catch(() => undefined)
    return done
  }
}
