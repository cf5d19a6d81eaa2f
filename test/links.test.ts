import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { test } from 'node:test'
import { anchors, withoutCode } from './markdown.ts'
import { markdownFiles, ROOT, readText, repositoryFiles } from './repository.ts'

for (const page of markdownFiles()) {
  test(`${page}: its relative links lead somewhere`, () => {
    const links = Array.from(
      withoutCode(readText(page)).matchAll(/\]\(([^)\s]+)\)/g),
      ([, to]) => to ?? '',
    )
    const broken = links.filter((to) => !/^[a-z]+:/.test(to) && !leadsSomewhere(page, to))
    assert.deepEqual(broken, [])
  })
}

test('there are pages to look at', () => {
  const pages = markdownFiles()
  for (const page of ['README.md', 'docs/record.md']) assert.ok(pages.includes(page), page)
})

// Put together here, so that this file does not find itself.
const MACHINE_PATH = new RegExp(
  `(^|[^A-Za-z0-9._-])/(${['work', 'farm', 'root'].join('|')})/[a-z.]`,
  'm',
)
const REGISTRY = new RegExp(
  `https?://[a-z.-]*(${['npm', 'js'].join('')}|${['deb', 'ian'].join('')})[a-z.-]*/`,
)

test('no file names a path of the machine it was made on, or a package registry', () => {
  const texts = repositoryFiles().filter((path) => !/\.(png|gz|ico|woff2)$/.test(path))
  const found = texts.filter((path) => {
    const text = readText(path)
    return MACHINE_PATH.test(text) || REGISTRY.test(text)
  })
  assert.deepEqual(found, [])
})

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = decodeURIComponent(link).split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(ROOT + target)) return false
  if (anchor === undefined || statSync(ROOT + target).isDirectory()) return anchor === undefined
  return anchors(readText(target)).has(anchor)
}
