import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkSync } from 'recheck'
import { createRedactor, RedactError } from '../src/index.ts'

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

interface Literal {
  readonly file: string
  readonly source: string
  readonly flags: string
}

/** Steps of a match decide, not how long they take: a loaded machine makes no pattern slow. */
const STEPS = {
  timeout: 60_000,
  incubationTimeout: null,
  seedingTimeout: null,
  attackTimeout: null,
} as const

const literals = regexLiterals()

test('the shipped patterns are all of them', () => {
  assert.ok(literals.length >= 90, `${literals.length} patterns found in the sources`)
})

for (const { file, source, flags } of literals) {
  test(`no slow text for ${file}: /${source.slice(0, 60)}/${flags}`, () => {
    // Sticky and global searches are tried at one place, so what recheck says of the first place holds.
    const anchored = flags.includes('y') ? `^(?:${source})` : source
    const result = checkSync(anchored, flags.replaceAll(/[gy]/g, ''), STEPS)
    assert.notEqual(result.status, 'vulnerable', JSON.stringify(result).slice(0, 500))
  })
}

const SAFE = [
  /EMP-\d{6}/,
  /(?:\d{4}[- ]?){3}\d{4}/,
  /(?<year>20\d{2})-[A-Z]{1,8}/i,
  /[a-z]{1,64}@corp\.example/,
  /\p{Lu}\p{Ll}{1,30}/u,
  /(?<!\d)\d{9}(?!\d)/,
  /[\w\]+*-]{1,20}\+/,
]
for (const pattern of SAFE) {
  test(`a user's pattern is accepted: ${pattern}`, () => {
    createRedactor({ patterns: [{ type: 'own', pattern }] })
  })
}

const UNSAFE = [
  /(a+)+$/,
  /a*/,
  /\d+\d+x/,
  /(?:a|a){1,30}b/,
  /(?:a?){25}a{25}/,
  /[a-z]{1,500}[a-z]{1,500}/,
  /(\w{1,9}) \1/,
  /(?<a>x)\k<a>/,
  /x{3,}/,
  /(?:(?:a{1,10}){1,10}){1,10}/,
]
for (const pattern of UNSAFE) {
  test(`a user's pattern is refused: ${pattern}`, () => {
    const code = (error: unknown) =>
      error instanceof RedactError && error.code === 'REDACT_PATTERN_UNSAFE'
    assert.throws(() => createRedactor({ patterns: [{ type: 'own', pattern }] }), code)
  })
}

/** Regular expressions as they stand in the sources, each after a sign that a division cannot follow. */
function regexLiterals(): Literal[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  )
  return files.flatMap((file) => {
    const code = readFileSync(join(SOURCES, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    const found = code.matchAll(
      /(?:^|[=(,:[!&|?{;])\s*\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])*)\/([dgimsuvy]*)/gm,
    )
    return Array.from(found, ([, source = '', flags = '']) => ({ file, source, flags }))
  })
}
