// Removes the verifier's checks one by one and runs the test that has to notice: node scripts/mutants.mjs [FILTER]. Works on a
// copy of dist, so build before. Ends with 1 where a check can be removed and its test stays green.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each check, where it is in dist/src, what takes it away, and the test that then goes red. */
const mutants = JSON.parse(readFileSync(join(root, 'test/mutants.json'), 'utf8'))

const filter = process.argv[2] ?? ''
const survived = []
const wanted = mutants.filter(({ check }) => new RegExp(filter).test(check))
for (const { check, file, from } of wanted)
  if (!readFileSync(join(root, 'dist/src', file), 'utf8').includes(from))
    throw new Error(`${check}: ${file} does not have ${from}`)
for (const { check, file, from, to, tests, name } of wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'recount-mutant-'))
  try {
    for (const part of ['dist/src', 'dist/test'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(root, '../../node_modules'), join(folder, 'node_modules'))
    symlinkSync(join(root, 'verifier'), join(folder, 'verifier'))
    const path = join(folder, 'dist/src', file)
    const source = readFileSync(path, 'utf8')
    writeFileSync(
      path,
      source.replace(from, () => to),
    )
    const pattern = `--test-name-pattern=${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
    const test = join(folder, `dist/test/${tests}.test.js`)
    const { status, stdout } = spawnSync(process.execPath, ['--test-reporter=tap', pattern, test], {
      encoding: 'utf8',
    })
    const isNoticed = status !== 0 && /^# fail [1-9]/m.test(stdout)
    process.stdout.write(`${isNoticed ? 'noticed ' : 'SURVIVED'}  ${check}\n`)
    if (!isNoticed) survived.push(check)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
if (survived.length > 0) process.exitCode = 1
