import { resolve } from 'node:path'
import type { AuditSink, PolicyChanged } from '@recount/record'
import { type CompiledPolicy, type CompileOptions, compilePolicy } from './compile-policy.ts'
import type { PolicyError } from './errors.ts'
import { watchFile } from './file-watch.ts'
import { isFunction, isPositive, optional } from './options.ts'
import type { Policy } from './policy.ts'
import { parsePolicy, readPolicyFile, readPolicyFileSync } from './policy-file.ts'
import { errorClass, warnOnce } from './warnings.ts'

/** How a policy file is watched. */
export interface WatchOptions extends CompileOptions {
  /** Called with a whole record on each change, the first load included. */
  readonly onChange?: (change: PolicyChanged) => void
  /** Called when a new file is refused; the policy before it stays. */
  readonly onRefused?: (error: PolicyError) => void
  /** Every change and every refusal is appended here, too. */
  readonly audit?: AuditSink
  /** Reads the file anew on this signal. Default: none. */
  readonly reloadOn?: 'SIGHUP'
  /** How often the file is looked at where the system tells nothing; default 10 seconds. */
  readonly pollMs?: number
}

/** A policy that changes with its file. Each decision comes from one policy as a whole, old or new. */
export interface WatchedPolicy extends Pick<CompiledPolicy, 'decide' | 'decideStart' | 'explain'> {
  readonly current: CompiledPolicy
  /** Reads the file now. True where it says something new; rejects where it is refused, and the policy before it stays. */
  reload(actor?: string): Promise<boolean>
  /** Puts another policy in place, until the file changes. Throws `POLICY_INVALID`, and the policy before it stays. */
  set(policy: Policy, actor: string): boolean
  close(): void
}

/** setTimeout takes no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1
const INFO = 30

/** Loads a policy file and follows its changes. Throws `POLICY_FILE_UNREADABLE` or `POLICY_INVALID` when the first load fails. */
export function watchPolicy(file: string, options: WatchOptions = {}): WatchedPolicy {
  optional('pollMs', options.pollMs, 'a number above 0', isPositive)
  optional('onChange', options.onChange, 'a function', isFunction)
  optional('onRefused', options.onRefused, 'a function', isFunction)
  optional('reloadOn', options.reloadOn, 'SIGHUP', (value) => value === 'SIGHUP')
  const { pollMs = 10_000, audit, reloadOn } = options
  const clock = options.clock ?? (() => Date.now())
  const path = resolve(file)
  let text = readPolicyFileSync(path)
  let source = parsePolicy(text, path)
  let current = compilePolicy(source, { ...options, clock })
  let ending: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  /** What was told already: a file that stays unreadable is looked at again and again. */
  let refusal: string | undefined
  announce(null, 'start')

  /** The only place where a policy takes the place of another: one assignment, between two decisions. */
  function replace(policy: Policy, actor: string): boolean {
    const next = compilePolicy(policy, { ...options, clock })
    const from = current.digest
    source = structuredClone(policy)
    current = next
    if (from === next.digest) return false
    announce(from, actor)
    return true
  }

  function announce(from: string | null, actor: string): void {
    const { digest, until = null } = current
    endLater()
    const change: PolicyChanged = {
      level: INFO,
      time: clock(),
      recount: 1,
      event: 'policy_changed',
      ...{ from, to: digest, actor, until },
    }
    guarded('onChange', () => options.onChange?.(change))
    note(actor, 'success', `from ${from} to ${digest}`)
  }

  /** When the first rule ends, what is left is a new policy, and that is a change as any other. */
  function endLater(): void {
    clearTimeout(ending)
    const { until } = current
    if (until === undefined) return
    const wait = Math.min(Math.max(until - clock(), 0), LONGEST_TIMEOUT_MS)
    ending = setTimeout(() => {
      if (clock() < until) endLater()
      else replace(source, 'until')
    }, wait).unref()
  }

  async function load(actor: string, always: boolean): Promise<boolean> {
    const found = await readPolicyFile(path)
    if (found === text && !always) return false
    text = found
    return replace(parsePolicy(found, path), actor)
  }

  /** One after the other, so that what was read first never takes the place of what was read later. */
  function inTurn(actor: string, always: boolean): Promise<boolean> {
    const run = last
      .then(() => load(actor, always))
      .then((changed) => {
        refusal = undefined
        return changed
      })
      .catch((error: PolicyError) => {
        if (always || error.message !== refusal) {
          refusal = error.message
          guarded('onRefused', () => options.onRefused?.(error))
          note(actor, 'failure', error.message)
        }
        throw error
      })
    last = run.catch(() => {})
    return run
  }

  function reloadUnasked(actor: string, always: boolean): void {
    inTurn(actor, always).catch((error: Error) => {
      warnOnce(
        'POLICY_FILE_REFUSED',
        `The policy before stays in force: ${error.message}`,
        error.message,
      )
    })
  }

  function note(actor: string, outcome: string, reason: string): void {
    const who = { type: 'policy', id: actor }
    const event = { action: 'config_change', actor: who, target: { type: 'policy', id: path } }
    const failed = (error: unknown): void =>
      warnOnce(
        'POLICY_AUDIT_FAILED',
        `A change of policy is not in the audit log: appending threw ${errorClass(error)}`,
      )
    try {
      audit?.append({ ...event, outcome, reason }).catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  const stop = watchFile(path, pollMs, () => reloadUnasked('file', false))
  const onSignal = (): void => reloadUnasked('SIGHUP', true)
  if (reloadOn !== undefined) process.on(reloadOn, onSignal)

  return {
    get current() {
      return current
    },
    decide: (facts, ask) => current.decide(facts, ask),
    decideStart: (facts, ask) => current.decideStart(facts, ask),
    explain: (facts, ask) => current.explain(facts, ask),
    reload: (actor = 'reload') => inTurn(actor, true),
    set: replace,
    close() {
      stop()
      clearTimeout(ending)
      if (reloadOn !== undefined) process.off(reloadOn, onSignal)
    },
  }
}

function guarded(name: string, callback: () => void): void {
  try {
    callback()
  } catch (error) {
    warnOnce('POLICY_CALLBACK_FAILED', `\`${name}\` threw ${errorClass(error)}`, name)
  }
}
