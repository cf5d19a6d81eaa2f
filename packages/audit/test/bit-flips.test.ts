import { test } from 'node:test'
import { flipBits } from './bit-flips.ts'

test('a flipped bit is found in whatever byte of a log of 20 entries, its checkpoints and keys', (t) =>
  flipBits(t, (byte, bit) => bit === byte % 8))
