import {
  isSet,
  lookUp,
  type Noted,
  type Reading,
  type Row,
  takeSource,
} from '@recount/record/shapes'
import type { FieldMap } from './field-map.ts'

/** Adds what `--map` names to a reading, over what is there; false when none of it was found. */
export function applyMaps(
  maps: readonly FieldMap[],
  row: Row,
  reading: Reading,
  noted: Noted,
  unread: Noted,
  matched: (map: FieldMap) => void,
): boolean {
  let found = false
  for (const map of maps) {
    const { ours, source } = map
    const value = lookUp(row, source.path)
    if (value === undefined) {
      // Who names the field that tells of errors says that its absence means none.
      if (ours === 'error') reading.status ??= 'ok'
      continue
    }
    found = true
    noted(ours, source.path)
    matched(map)
    if (ours === 'error') readError(reading, value)
    // A word that is none is told of where the call is counted.
    else if (ours === 'status') reading.status = value
    else if (!takeSource(reading, ours, source, row) && isSet(value)) unread(ours, source.path)
  }
  return found
}

function readError(reading: Reading, value: unknown): void {
  const failed = isSet(value)
  reading.status = failed ? 'error' : 'ok'
  if (failed && (typeof value === 'string' || typeof value === 'number')) {
    reading.error_type ??= String(value)
  }
}
