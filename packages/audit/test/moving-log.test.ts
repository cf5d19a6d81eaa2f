import { test } from 'node:test'
import { verifyWhileWritten } from './moving-log.ts'

test('50 verifications of a log whose writer rotates, restarts, erases and prunes find no failure', (t) =>
  verifyWhileWritten(t, 10))
