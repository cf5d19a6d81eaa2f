import { test } from 'node:test'
import { compareVerifiers } from './differential.ts'

test('whatever is changed in a log or a bundle, all three verifiers come to the same', (t) =>
  compareVerifiers(t, { seed: 1, runs: 12, sh: 6 }))
