import { test } from 'node:test'
import { flipBundle } from './bundle-flips.ts'

// All of them in the long run.
test('a bit that is flipped in any file of a bundle is found', (t) => flipBundle(t, 199))
