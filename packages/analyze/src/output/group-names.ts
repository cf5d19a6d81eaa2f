import type { Change } from '../compare/comparison.ts'
import type { GroupKey } from '../count/grouping.ts'

/** What stands for a model that no record names. */
export const NO_MODEL = '(no model named)'
/** What stands for an error that names no type. */
export const NO_TYPE = '(no type named)'
const NO_VALUE = '(none)'

/** The values of a compound key in one text. */
export function groupName(key: GroupKey): string {
  return Object.values(key)
    .map((value) => value ?? NO_VALUE)
    .join(' · ')
}

/** What a change is about; undefined for all calls. */
export function subjectName({ model, key }: Pick<Change, 'model' | 'key'>): string | undefined {
  if (key !== undefined) return groupName(key)
  return model === undefined ? undefined : (model ?? NO_MODEL)
}
