import { test } from 'node:test'
import { compareVerifiers } from './differential.ts'

for (const seed of [2, 3, 4, 5])
  test(`whatever is changed in a log or a bundle, all three verifiers come to the same (seed ${seed})`, (t) =>
    compareVerifiers(t, { seed, runs: 5000, sh: 50 }))
