import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { assertNoneHolds, listAnew, putInto, twin, verdicts } from './bundle-maker.ts'
import type { TamperCase } from './tamper-log.ts'

/** Content is not in a bundle. */
export const isOfBundles = ({ threat }: TamperCase): boolean => threat !== 'T25' && threat !== 'T26'

/** Does to the log in a bundle what a case does to a log, and fails where one of the three verifiers lets it pass. */
export async function tamperBundles(t: TestContext, cases: readonly TamperCase[]): Promise<void> {
  for (const tampered of cases)
    await t.test(`${tampered.threat}: ${tampered.what}`, (t) => tamperBundle(t, tampered))
}

async function tamperBundle(
  t: TestContext,
  { tamper, finds, anchored = false, key }: TamperCase,
): Promise<void> {
  const { bundle, log } = await twin(t)
  const { dir, vkey, keyFile } = bundle
  const anchor = anchored ? join(dir, '..', 'anchor.json') : undefined
  if (anchor !== undefined)
    assert.equal((await verifyAudit({ dir, publicKey: vkey, anchor })).result, 'intact')
  await tamper(log, t)
  putInto(bundle, log)
  const given = key === 'self' ? undefined : keyFile
  const plain = await verdicts(dir, given, anchor)
  assertNoneHolds(plain)
  // What is wrong with the log is told, not only that a file is another.
  const codes = plain.report.findings.map(({ code }) => code)
  assert.ok(codes.includes(finds), `${finds} among ${codes.join(', ')}`)
  for (const { output } of [plain.python, plain.shell])
    assert.doesNotMatch(output, /^BROKEN: .*(?:manifest|receipt)/m)
  // A manifest that was made to fit does not help.
  listAnew(bundle)
  const publicKey = given === undefined ? {} : { publicKey: vkey }
  assert.equal((await verifyAudit({ dir, ...publicKey })).result, 'tampered')
}
