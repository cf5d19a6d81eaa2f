import { test } from 'node:test'
import { killShippers } from './kill.ts'

const RUNS = 10

test(`after ${RUNS} kills of the shipper the store verifies and has the log, each object once`, (t) =>
  killShippers(t, RUNS, 1))
