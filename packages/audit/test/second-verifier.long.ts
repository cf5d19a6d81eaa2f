import { test } from 'node:test'
import { findAll } from './second-verifier.ts'
import { TAMPER_CASES } from './tamper-cases.ts'

test('the second verifier finds every tampered log of the battery', (t) => findAll(t, TAMPER_CASES))
