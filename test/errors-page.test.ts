import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { sections } from './markdown.ts'
import { packageFolders, ROOT, readManifest, readText, repositoryFiles } from './repository.ts'

const page = readText('docs/errors.md')

for (const folder of packageFolders()) {
  const { name } = readManifest(`packages/${folder}`)
  const codes = await codesOf(folder)
  const section = sections(page, 2).find(({ heading }) => heading === name)

  test(`docs/errors.md explains the codes of ${name}, those and no others`, () => {
    const headings = sections(section?.text ?? '', 3).map(({ heading }) => heading)
    assert.deepEqual(headings.sort(), codes.sort())
  })

  test(`every code of ${name} has a text of its own and is named after its package`, () => {
    for (const { heading, text } of sections(section?.text ?? '', 3)) {
      assert.ok(text.trim().length > 40, `${heading} is not explained`)
    }
    const prefix = `${folder.toUpperCase()}_`
    assert.deepEqual(
      codes.filter((code) => !code.startsWith(prefix)),
      [],
    )
  })

  test(`every code of ${name} is used`, () => {
    const sources = sourcesOf(folder)
    assert.deepEqual(
      codes.filter((code) => !sources.includes(`'${code}'`)),
      [],
    )
  })
}

test('docs/errors.md has no package that does not exist', () => {
  const names = packageFolders().map((folder) => readManifest(`packages/${folder}`).name)
  const headings = sections(page, 2).map(({ heading }) => heading)
  assert.deepEqual(
    headings.filter((heading) => !names.includes(heading)),
    [],
  )
})

/** The package's sources but those that list the codes. */
function sourcesOf(folder: string): string {
  const files = repositoryFiles().filter((path) => path.startsWith(`packages/${folder}/src/`))
  return files
    .filter((path) => !/\/(errors|warnings)\.ts$/.test(path))
    .map(readText)
    .join('\n')
}

/** All lists `*_CODES` that the package's modules export. */
async function codesOf(folder: string): Promise<string[]> {
  const source = `${ROOT}packages/${folder}/dist/src`
  const files = readdirSync(source).filter((file) => /^(errors|warnings)\.js$/.test(file))
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(`${source}/${file}`).href) as Promise<object>),
  )
  const lists = modules.flatMap((module) =>
    Object.entries(module).filter(([name]) => name.endsWith('_CODES')),
  )
  return lists.flatMap(([, codes]) => codes as string[])
}
