import { createRequire } from 'node:module'

type Width = (text: string) => number

/** What stands for itself in one column. */
const PLAIN = /^[\x20-\x7e]*$/
let library: Width | undefined

/** Columns that a text takes in a terminal. The library for what is not ASCII builds large tables, so it is loaded when the first such text comes: who asks for numbers alone never waits for it. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  library ??= loaded()
  return library(text)
}

function loaded(): Width {
  const require = createRequire(import.meta.url)
  return (require('string-width') as typeof import('string-width')).default
}
