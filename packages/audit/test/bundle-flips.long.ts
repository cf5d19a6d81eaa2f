import { test } from 'node:test'
import { flipBundle } from './bundle-flips.ts'

test('a bit of every third byte that is flipped in any file of a bundle is found', (t) =>
  flipBundle(t, 3))
