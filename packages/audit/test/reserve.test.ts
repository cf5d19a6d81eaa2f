import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { linkSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '../src/index.ts'
import { event, folder, optionsIn } from './log-setup.ts'

const PUTS: Readonly<Record<string, (victim: string, reserve: string) => unknown>> = {
  'a symbolic link': symlinkSync,
  'a hard link': linkSync,
  'a pipe': (_, reserve) => spawnSync('mkfifo', [reserve]),
}

for (const [what, put] of Object.entries(PUTS)) {
  test(`${what} in the place of the reserve is taken away, and nothing is written through it`, async (t) => {
    const path = folder(t)
    const options = optionsIn(path)
    await (await openAudit(options)).close()
    const victim = join(path, 'victim')
    writeFileSync(victim, 'precious')
    const reserve = join(options.dir, 'reserve')
    rmSync(reserve, { force: true })
    put(victim, reserve)
    const audit = await openAudit(options)
    await audit.append(event(1))
    assert.ok(lstatSync(reserve).isFile())
    await audit.close()
    assert.equal(readFileSync(victim, 'utf8'), 'precious')
  })
}
