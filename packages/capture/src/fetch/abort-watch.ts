/** What hears of an abort. */
export interface Abortable {
  failed(reason: unknown): void
}

/** A signal may outlive all calls that are made with it: it must hold none of them, and nothing of those that are gone. */
const gone = new FinalizationRegistry<() => void>((forget) => forget())

/** Tells a call of its signal's abort as long as somebody else holds the call; the function that comes back ends that. */
export function watchAbort(signal: AbortSignal, call: Abortable): () => void {
  // No function below may name `call`.
  const held = new WeakRef(call)
  const tell = (): void => held.deref()?.failed(signal.reason)
  const forget = (): void => signal.removeEventListener('abort', tell)
  signal.addEventListener('abort', tell, { once: true })
  gone.register(call, forget, held)
  return () => {
    gone.unregister(held)
    forget()
  }
}
