import { test } from 'node:test'
import { killWriters } from './destination-processes.ts'

test('eight processes on one path, killed at random over 200 rotations: each acknowledged line is there exactly once', (t) =>
  killWriters(t, { seed: 20_261_121, kills: 30, rotations: 200 }))
