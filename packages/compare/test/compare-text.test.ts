import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareText, type TextRow } from '../src/index.ts'
import { oneOf, randomNumbers } from './random.ts'

const side = (rows: readonly TextRow[], which: 'a' | 'b'): string =>
  rows
    .filter((row) => which in row)
    .map((row) =>
      row.kind === 'changed'
        ? row.pieces
            .filter(({ kind }) => kind !== (which === 'a' ? 'added' : 'removed'))
            .map(({ text }) => text)
            .join('')
        : row.text,
    )
    .join('\n')

test('a word that changed is told apart from its line', () => {
  const { rows, isEqual } = compareText('You have 30 days.\nBye', 'You have 14 days.\nBye')
  assert.equal(isEqual, false)
  assert.deepEqual(rows[0], {
    kind: 'changed',
    a: 1,
    b: 1,
    pieces: [
      { kind: 'same', text: 'You have ' },
      { kind: 'removed', text: '30' },
      { kind: 'added', text: '14' },
      { kind: 'same', text: ' days.' },
    ],
  })
  assert.deepEqual(rows[1], { kind: 'same', a: 2, b: 2, text: 'Bye' })
})

test('words of scripts without spaces are words', () => {
  const { rows } = compareText('您可以在三十天内退货', '您可以在十四天内退货')
  const [row] = rows
  assert.equal(row?.kind, 'changed')
  const same = row.pieces.filter(({ kind }) => kind === 'same').map(({ text }) => text)
  assert.equal(same[0]?.startsWith('您'), true)
  assert.equal(same.at(-1)?.endsWith('退货'), true)
})

test('a line that was put in between does not make its neighbours differ', () => {
  const { rows } = compareText('one\ntwo', 'one\nand a half\ntwo')
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['same', 'added', 'same'],
  )
})

test('a changed line finds its partner among lines that are new', () => {
  const { rows } = compareText(
    'Answer in the language of the customer.',
    'Be brief.\nAnswer in the language of the user.\nNever guess.',
  )
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['added', 'changed', 'added'],
  )
})

test('equal texts have no differences, whatever they hold', () => {
  for (const text of ['', '\n', 'a\r\nb', '\ud800', 'x'.repeat(100_000)]) {
    const { isEqual, rows } = compareText(text, text)
    assert.equal(isEqual, true)
    assert.equal(side(rows, 'a'), text)
  }
})

test('whatever differs, each side can be read back from the rows', () => {
  const random = randomNumbers(7)
  const words = ['alpha ', 'beta', '\n', '\n\n', 'γ', '语言 ', ' ', '🙂', 'x'.repeat(50), '\t']
  for (let round = 0; round < 400; round += 1) {
    const text = (): string =>
      Array.from({ length: Math.floor(random() * 40) }, () => oneOf(random, words)).join('')
    const [a, b] = [text(), text()]
    const { rows, isEqual } = compareText(a, b, { maxEdits: oneOf(random, [0, 1, 3, 1_000]) })
    assert.equal(side(rows, 'a'), a)
    assert.equal(side(rows, 'b'), b)
    assert.equal(isEqual, a === b)
    if (!isEqual) assert.ok(rows.some(({ kind }) => kind !== 'same'))
  }
})

test('texts that differ in more places than are sought say so, and are whole', () => {
  const lines = (word: string): string =>
    Array.from({ length: 5_000 }, (_, at) => `${word} ${at * 7919}`).join('\n')
  const { rows, isExact } = compareText(`same\n${lines('a')}\nend`, `same\n${lines('b')}\nend`)
  assert.equal(isExact, false)
  assert.equal(rows[0]?.kind, 'same')
  assert.equal(rows.at(-1)?.kind, 'same')
  assert.equal(side(rows, 'b'), `same\n${lines('b')}\nend`)
})
