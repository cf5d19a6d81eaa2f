// Adds up what the test runs of the workspaces left behind.
import { readFileSync, rmSync } from 'node:fs'
import { root } from './setup.mjs'

const NAMES = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms']
// Only at the very end of the file: what a test prints appears as a comment in TAP too.
const SUMMARY = new RegExp(`${NAMES.map((name) => `# ${name} ([\\d.]+)\\n`).join('')}$`)

/** Removes the totals of earlier runs, so that a workspace that does not run has none. */
export function forgetTotals(folders) {
  for (const folder of folders) rmSync(totalsFile(folder), { force: true })
}

/** The sum over all folders; one that left no totals counts as a failure and is named in `missing`. */
export function addTotals(folders) {
  const sum = { tests: 0, pass: 0, fail: 0, skipped: 0, todo: 0 }
  const missing = []
  for (const folder of folders) {
    const totals = readTotals(folder)
    if (!totals) missing.push(folder)
    sum.tests += totals?.tests ?? 1
    sum.pass += totals?.pass ?? 0
    sum.fail += totals ? totals.fail + totals.cancelled : 1
    sum.skipped += totals?.skipped ?? 0
    sum.todo += totals?.todo ?? 0
  }
  return { sum, missing }
}

function readTotals(folder) {
  let text
  try {
    text = readFileSync(totalsFile(folder), 'utf8')
  } catch {
    return undefined
  }
  const found = text.match(SUMMARY)
  return found && Object.fromEntries(NAMES.map((name, index) => [name, Number(found[index + 1])]))
}

function totalsFile(folder) {
  return `${root}/${folder}/.turbo/totals.tap`
}
