import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AUDIT_FINDING_CODES } from '@recount/audit'
import { STORE_FINDING_CODES } from '@recount/s3'
import { closingText } from '../src/audit/closing-text.ts'
import { commandName, nearPath, quoted } from '../src/demo/command-name.ts'
import { bytesText, dollarsText, durationText, momentText } from '../src/numbers-text.ts'
import { plainJson, plainLine, plainLines } from '../src/plain-text.ts'
import { readingProgress } from '../src/progress.ts'
import { clipped, fitted, widthOf, wrapped } from '../src/show/layout.ts'
import type { Terminal } from '../src/terminal.ts'

test('hostile characters become visible marks, words and emoji stay', () => {
  assert.equal(plainLine('a\u001b[31mb\u0007\u009bc\u202ed\r\ne\tf'), 'a␛[31mb��c�d e f')
  assert.equal(plainLine('Zoë 漢字 👩‍👧 نص'), 'Zoë 漢字 👩‍👧 نص')
  assert.equal(plainLine('a\u{e0041}b\ud800c'), 'a�b�c')
  assert.deepEqual(plainLines('a\r\nb\u0000\nc'), ['a', 'b�', 'c'])
})

test('JSON with hostile characters is escaped and means the same', () => {
  const value = { key: 'a\u001b\u009b\u202e\u{e0041}\n"\\' }
  for (const indent of [undefined, 2]) {
    const json = plainJson(value, indent)
    assert.match(json, /^[\n -~]*$/)
    assert.deepEqual(JSON.parse(json), value)
  }
})

test('dollars stand in fixed notation, however few', () => {
  const texts = [0, 1.6e-7, 0.0012, 100, 1234.5].map(dollarsText)
  assert.deepEqual(texts, ['$0', '$0.00000016', '$0.0012', '$100', '$1234.5'])
})

test('text is clipped, fitted and wrapped by cells, not by characters', () => {
  assert.equal(clipped('漢字漢字', 5), '漢字…')
  assert.equal(widthOf(fitted('漢字漢字', 6)), 6)
  assert.equal(clipped('abc', 3), 'abc')
  assert.deepEqual(wrapped('one two three', 7), ['one two', 'three'])
  assert.deepEqual(wrapped('abcdefgh ij', 4), ['abcd', 'efgh', 'ij'])
  assert.ok(widthOf(clipped('x'.repeat(1_000_000), 20)) === 20)
})

test('numbers are written for people', () => {
  assert.deepEqual([0.25, 12.4, 1240, 185_000, 7_500_000].map(durationText), [
    ...['0.3 ms', '12 ms', '1.24 s', '3 min 5 s', '2 h 5 min'],
  ])
  assert.deepEqual([0, 0.02, 0.049, 0.05, 0.0004].map(durationText), [
    ...['0 ms', '0.02 ms', '0.05 ms', '0.1 ms', '< 0.001 ms'],
  ])
  assert.deepEqual([812, 1234, 34_000_000].map(bytesText), ['812 B', '1.2 KB', '34.0 MB'])
  assert.equal(momentText(1_780_000_000_120), '2026-05-28 20:26:40.120 UTC')
  assert.equal(momentText(Number.NaN), 'at an unknown time')
})

test('a command is printed as it was called', () => {
  assert.equal(commandName('/home/me/app/node_modules/.bin/recount', '/home/me/app'), 'npx recount')
  assert.equal(commandName('/usr/local/bin/recount', '/home/me'), 'recount')
  const shim = '/home/me/recount/packages/cli/bin/recount.js'
  assert.equal(commandName(shim, '/home/me/recount'), 'node packages/cli/bin/recount.js')
  assert.equal(commandName(shim, '/home/me/recount/test'), `node ${shim}`)
  assert.equal(nearPath('/a/b/c', '/a'), 'b/c')
  assert.equal(quoted("it's"), "'it'\\''s'")
})

test('progress appears after a second where a person watches, and goes away', async () => {
  let now = 0
  const shown: string[] = []
  const terminal: Terminal = {
    ...{ columns: 80, color: false, watched: true },
    ...{
      print() {},
      flush: async () => {},
      say() {},
      note: (text: string) => void shown.push(text),
    },
  }
  const inputs = [{ name: '-', path: null }]
  const progress = await readingProgress(terminal, inputs, 'reading', () => now)
  progress.onBytes(1000)
  assert.deepEqual(shown, [])
  now = 1500
  progress.onBytes(500)
  assert.deepEqual(shown, ['\r\u001b[2Kreading: 1.5 KB, 1.0 KB/s'])
  progress.end()
  assert.equal(shown.at(-1), '\r\u001b[2K')
  const unwatched = await readingProgress(
    { ...terminal, watched: false },
    inputs,
    'reading',
    () => now,
  )
  now = 9000
  unwatched.onBytes(1)
  assert.equal(shown.length, 2)
})

test('a verification ends with what was found, whatever that is', () => {
  const ending = (...codes: readonly string[]): string =>
    closingText({
      result: 'tampered',
      findings: codes.map((code) => ({ code, severity: 'failure' })),
    })
  const failures = [...AUDIT_FINDING_CODES, ...STORE_FINDING_CODES]
  for (const code of failures.filter((one) => one !== 'UNCLEAN_CLOSE')) {
    assert.doesNotMatch(ending(code), /Something is wrong/, code)
    const isSigned = ['DELETED', 'OVERLAID', 'UNLOCKED'].includes(code)
    assert.equal(/^What was read is what its writer signed/.test(ending(code)), isSigned, code)
  }
  assert.match(ending('KEY', 'UNLOCKED'), /^A key or .*\nIn the store, [^\n]*\n$/)
})
