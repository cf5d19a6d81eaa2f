import { test } from 'node:test'
import { isOfBundles, tamperBundles } from './bundle-battery.ts'
import { assertAllHold, putInto, twin, verdicts } from './bundle-maker.ts'
import { TAMPER_CASES } from './tamper-cases.ts'

// One case of each threat; all of them in the long run: each takes processes of its own.
const THREATS = [...new Set(TAMPER_CASES.filter(isOfBundles).map(({ threat }) => threat))]

test('all three verifiers find a tampered log of each kind in a bundle', (t) =>
  tamperBundles(
    t,
    THREATS.flatMap((threat) => TAMPER_CASES.find((tampered) => tampered.threat === threat) ?? []),
  ))

test('all three verifiers agree that an untouched bundle holds, also with the log put in anew', async (t) => {
  const { bundle, log } = await twin(t)
  assertAllHold(await verdicts(bundle.dir, bundle.keyFile))
  assertAllHold(await verdicts(bundle.dir, undefined))
  putInto(bundle, log)
  assertAllHold(await verdicts(bundle.dir, bundle.keyFile))
})
