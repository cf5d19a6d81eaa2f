import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markdownFiles } from './repository.ts'
import { compile, masked, run, type Snippet, snippetsOf } from './snippets.ts'

const snippets = snippetsOf(markdownFiles())
const typescript = snippets.filter(({ language }) => language === 'ts')
const said = compile(typescript)

for (const [page, blocks] of byPage(typescript)) {
  test(`${page}: its TypeScript compiles`, () => {
    assert.deepEqual(
      blocks.flatMap(({ file }) => said.get(file) ?? []),
      [],
    )
  })
}

for (const [page, blocks] of byPage(snippets.filter(isRun))) {
  test(`${page}: its examples run and print what the page says`, () => {
    for (const [snippet, printed] of run(blocks)) {
      const next = snippets[snippets.indexOf(snippet) + 1]
      if (next?.note !== 'prints' || next.page !== page) continue
      assert.equal(masked(printed), masked(next.code), `the example in line ${snippet.line}`)
    }
  })
}

test('the door has an example that runs, and every package explains itself in code that compiles', () => {
  assert.ok(snippets.some((snippet) => snippet.page === 'README.md' && isRun(snippet)))
  for (const name of ['README.md', 'packages/record/README.md', 'packages/logger/README.md']) {
    assert.ok(
      typescript.some(({ page }) => page === name),
      `${name} has no TypeScript`,
    )
  }
})

function isRun({ language, note }: Snippet): boolean {
  return /^run\b/.test(note) && ['ts', 'sh'].includes(language)
}

function byPage(all: readonly Snippet[]): [string, Snippet[]][] {
  const pages = [...new Set(all.map(({ page }) => page))]
  return pages.map((name) => [name, all.filter(({ page }) => page === name)])
}
