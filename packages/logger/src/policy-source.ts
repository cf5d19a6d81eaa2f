import {
  type CompiledPolicy,
  compilePolicy,
  type Policy,
  type WatchedPolicy,
  watchPolicy,
} from '@recount/policy'
import type { AuditSink, PolicyChanged } from '@recount/record'
import type { DecidingPolicy } from './decisions.ts'
import { read } from './fields.ts'

/** The `policy` option: a file that is watched, a policy, or one that is compiled or watched already. */
export type PolicyOption = string | Policy | CompiledPolicy | WatchedPolicy

/** What a policy is opened with. */
export interface PolicySurroundings {
  readonly profiles: readonly string[]
  readonly sinks: readonly string[]
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly reloadOn: 'SIGHUP' | undefined
  readonly audit: AuditSink | undefined
  readonly onChange: (change: PolicyChanged) => void
}

/** A policy in force. */
export interface OpenPolicy {
  readonly deciding: DecidingPolicy
  /** The tenants that sinks are bound to at this moment. */
  bindings(): ReadonlyMap<string, string>
  /** Follows its file, where it has one. */
  readonly watched: WatchedPolicy | undefined
}

/** Opens the `policy` option. Throws `POLICY_INVALID` and `POLICY_FILE_UNREADABLE`. */
export function openPolicy(option: PolicyOption, surroundings: PolicySurroundings): OpenPolicy {
  const { profiles, sinks, clock, reloadOn, audit, onChange } = surroundings
  const known = { profiles, sinks, clock }
  if (typeof option === 'string') {
    return following(
      watchPolicy(option, {
        ...known,
        onChange,
        ...(reloadOn === undefined ? {} : { reloadOn }),
        ...(audit === undefined ? {} : { audit }),
      }),
    )
  }
  if (typeof read(option, 'reload') === 'function') return following(option as WatchedPolicy)
  const compiled =
    typeof read(option, 'decide') === 'function'
      ? (option as CompiledPolicy)
      : compilePolicy(option as Policy, known)
  return { deciding: compiled, bindings: () => compiled.bindings, watched: undefined }
}

function following(watched: WatchedPolicy): OpenPolicy {
  return { deciding: watched, bindings: () => watched.current.bindings, watched }
}
