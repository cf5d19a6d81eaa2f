import { test } from 'node:test'
import { isOfBundles, tamperBundles } from './bundle-battery.ts'
import { TAMPER_CASES } from './tamper-cases.ts'

test('all three verifiers find every tampered log of the battery in a bundle', (t) =>
  tamperBundles(t, TAMPER_CASES.filter(isOfBundles)))
