import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeBlocks, codeWords, sections, tableRows } from './markdown.ts'
import { type Manifest, packageFolders, readManifest, readText } from './repository.ts'

const OWN = /^(@recount\/.+|recount)$/

/** The table "Packages" of docs/architecture.md: what each package may import. */
const table = new Map(
  packagesTable().map(([name = '', , own = '', others = '']) => [
    codeWords(name)[0] ?? '',
    { own: codeWords(own), others: codeWords(others) },
  ]),
)

test('docs/architecture.md has a row for each package, and none for a package that does not exist', () => {
  assert.deepEqual([...table.keys()].sort(), packageFolders())
})

for (const folder of packageFolders()) {
  const manifest = readManifest(`packages/${folder}`)
  const declared = dependencies(manifest)
  const allowed = table.get(folder)

  test(`${manifest.name} depends on the packages of its row in docs/architecture.md only`, () => {
    const own = declared.filter((name) => OWN.test(name)).map(folderOf)
    assert.deepEqual(
      own.filter((name) => !allowed?.own.includes(name)),
      [],
    )
  })

  test(`${manifest.name} depends on exactly the third-party packages of its row`, () => {
    const others = declared.filter((name) => !OWN.test(name))
    assert.deepEqual(others.sort(), [...(allowed?.others ?? [])].sort())
  })

  test(`${manifest.name} pins what it depends on`, () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    assert.deepEqual(
      ranges.filter(([, range]) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(range)),
      [],
    )
  })
}

test('every package explains itself and has the licence', () => {
  for (const folder of packageFolders()) {
    assert.ok(readText(`packages/${folder}/README.md`).startsWith(`# ${nameOf(folder)}\n`))
    assert.equal(readText(`packages/${folder}/LICENSE`), readText('LICENSE'))
  }
})

test('nothing depends on the command', () => {
  const dependants = packageFolders().filter((folder) =>
    dependencies(readManifest(`packages/${folder}`)).includes('recount'),
  )
  assert.deepEqual(dependants, [])
})

test('the package tree in CONTRIBUTING.md is what is there', () => {
  const tree = codeBlocks(readText('CONTRIBUTING.md')).find(({ code }) =>
    code.includes('packages/'),
  )
  const listed = Array.from(tree?.code.matchAll(/^ {2}([\w-]+)\/ /gm) ?? [], ([, name]) => name)
  assert.deepEqual(listed, packageFolders())
})

function packagesTable(): (readonly string[])[] {
  const section = sections(readText('docs/architecture.md'), 2).find(
    ({ heading }) => heading === 'Packages',
  )
  assert.ok(section, 'docs/architecture.md has no section "Packages"')
  return tableRows(section.text)
}

function dependencies({
  dependencies,
  optionalDependencies,
  peerDependencies,
}: Manifest): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
}

function nameOf(folder: string): string {
  return readManifest(`packages/${folder}`).name
}

function folderOf(name: string): string {
  return name === 'recount' ? 'cli' : name.replace('@recount/', '')
}
