import { LEVELS, type Status } from '@recount/record'

/** The level of anything but a model call that ended. */
export function statusLevel(status: Status, otherwise: number): number {
  return status === 'error' || status === 'partial' ? LEVELS.error : otherwise
}
