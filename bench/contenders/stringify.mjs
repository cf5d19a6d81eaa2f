import { openSync, writeSync } from 'node:fs'
import { messages } from '../call.mjs'

/** The least that must be done to have the text on disk: JSON.stringify and one write. */
export function open(folder, { bytes }) {
  const fd = openSync(`${folder}/stringify.jsonl`, 'a')
  const input = messages(bytes)
  return { around: (fn) => fn(), record: () => writeSync(fd, `${JSON.stringify(input)}\n`) }
}
