import { test } from 'node:test'
import { flipBits } from './bit-flips.ts'

test('every single flipped bit of a log of 20 entries, its checkpoints and keys is found', (t) =>
  flipBits(t, () => true))
