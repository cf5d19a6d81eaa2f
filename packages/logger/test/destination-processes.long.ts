import { test } from 'node:test'
import { killWriters } from './destination-processes.ts'

for (const seed of [1, 2, 3, 4]) {
  test(`eight processes on one path, 300 kills over 2,000 rotations, seed ${seed}: each acknowledged line is there exactly once`, (t) =>
    killWriters(t, { seed, kills: 300, rotations: 2000 }))
}
