import { at, defined, textAt } from '../providers/json-values.ts'

/** The step of a workflow that asks a model: a job of any queue, or names alone. */
export interface DebugJob {
  /** The workflow that the step belongs to; `workflowId` and `workflow_id` are read, too. */
  readonly workflow?: string
  /** The step; default: `name`. */
  readonly step?: string
  readonly name?: string
  readonly id?: string | number
  /** From 1; queues that count `attemptsMade` before an attempt are understood. */
  readonly attempt?: number
  readonly attemptsMade?: number
  /** Asks for content of this workflow, or for none. */
  readonly debug?: boolean
}

/** What a job says that each of its records carries. */
export interface JobLabels {
  readonly workflow?: string
  readonly step?: string
  readonly step_attempt?: number
  readonly metadata?: Record<string, string>
}

/** The labels of a job; keys of its `meta` count where the job itself does not say. */
export function labelsOf(job: object): JobLabels {
  const step = stepOf(job)
  const made = at(job, 'attemptsMade')
  const attempt = at(job, 'attempt') ?? (typeof made === 'number' ? made + 1 : undefined)
  const id = at(job, 'id')
  return defined({
    workflow: workflowOf(job),
    step,
    step_attempt: typeof attempt === 'number' ? attempt : undefined,
    metadata: id === undefined ? undefined : { job_id: String(id) },
  })
}

/** The workflow of a job. */
export function workflowOf(job: object): string | undefined {
  const names = ['workflow', 'workflowId', 'workflow_id', 'workflow_name']
  return firstText(job, names)
}

/** The step of a job. */
export function stepOf(job: object): string | undefined {
  return firstText(job, ['step', 'step_name', 'name'])
}

/** Whether the job asks for content; undefined where it does not say. */
export function debugOf(job: object): boolean | undefined {
  const asked = at(job, 'debug') ?? at(job, 'meta', 'debug')
  return typeof asked === 'boolean' ? asked : undefined
}

function firstText(job: object, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = textAt(job, name) ?? textAt(job, 'meta', name)
    if (found !== undefined) return found
  }
  return undefined
}
