import type { Content, Validation } from '@recount/record'
import type { Scoped, Store, StoredTrace } from '@recount/store'
import { CliError } from '../errors.ts'
import type { CollectedTrace } from '../show/collect-trace.ts'

/** The trace of a store that a target names, else the last one, as it is shown. Throws `CLI_TRACE_NOT_FOUND`. */
export async function storedTree(
  store: Store,
  target: string | undefined,
  scope: Scoped,
): Promise<CollectedTrace> {
  const id = target ?? (await store.list({ ...scope, limit: 1 })).items[0]?.trace_id
  const trace = id === undefined ? undefined : await store.trace(id, scope)
  if (trace === undefined)
    throw new CliError(
      'CLI_TRACE_NOT_FOUND',
      target === undefined
        ? 'There is no trace in the store'
        : `No trace, span or message has the id ${target} in the store`,
    )
  return treeOf(trace)
}

function treeOf({ trace_id, roots, records, audit, audit_left_out }: StoredTrace): CollectedTrace {
  const validations = new Map<string, Validation[]>()
  const edits = new Map<string, Content>()
  for (const record of records) {
    if (record.event === 'validation')
      validations.set(record.span_id, [...(validations.get(record.span_id) ?? []), record])
    if (record.event === 'content' && record.part === 'user_edit') edits.set(record.digest, record)
  }
  return {
    trace_id,
    roots,
    validations,
    edits,
    audit,
    audit_left_out,
    erased: 0,
    invalid: 0,
    left_out: 0,
  }
}
