import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { RECORD_KEYS } from '../src/record-keys.ts'

const PINO_KEYS = ['level', 'time', 'pid', 'hostname', 'name', 'msg']

test('the list of keys is that of the schemas', () => {
  const folder = new URL('../src/schema/', import.meta.url)
  const schemas = readdirSync(folder).map((file) =>
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
  )
  const keys = new Set(schemas.flatMap(({ properties }) => Object.keys(properties)))
  for (const key of PINO_KEYS) keys.delete(key)
  assert.deepEqual([...RECORD_KEYS].sort(), [...keys].sort())
})
