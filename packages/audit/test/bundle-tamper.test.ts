import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { verifyAudit } from '../src/index.ts'
import { leafHash } from '../src/merkle.ts'
import {
  assertAllHold,
  assertNoneHolds,
  bundleOf,
  listAnew,
  type TestBundle,
  verdicts,
} from './bundle-maker.ts'
import { linesOf, writeLines } from './log-builder.ts'
import { folder, richLog } from './tamper-log.ts'

// What can be done to a bundle in which entries are withheld: entry 5 (of u0) is shown, entries 6 and 7 are not.

const SEGMENT = join('log', `${'0'.repeat(20)}.jsonl`)

function edit({ dir }: TestBundle, change: (lines: string[]) => void): void {
  const path = join(dir, SEGMENT)
  const lines = linesOf(path)
  change(lines)
  writeLines(path, lines)
}

const withheldOf = (line: string, seq: number): string =>
  `{"leaf":"${leafHash(Buffer.from(line)).toString('base64')}","reason":"filter","seq":${seq},"withheld":true}`

/** Each makes the manifest fit again where somebody could. */
const CASES: Readonly<Record<string, (bundle: TestBundle) => unknown>> = {
  'the hash of a withheld entry is changed': (bundle) =>
    edit(bundle, (lines) => {
      lines[6] = withheldOf('another', 6)
    }),
  'a withheld entry is left out': (bundle) => edit(bundle, (lines) => lines.splice(6, 1)),
  'a withheld entry is there twice': (bundle) =>
    edit(bundle, (lines) => lines.splice(6, 0, lines[6] ?? '')),
  'two withheld entries have changed places': (bundle) =>
    edit(bundle, (lines) => lines.splice(6, 2, ...lines.slice(6, 8).reverse())),
  'two withheld entries have changed places and numbers': (bundle) =>
    edit(bundle, (lines) => {
      const [six = '', seven = ''] = lines.slice(6, 8)
      lines.splice(6, 2, seven.replace('"seq":7', '"seq":6'), six.replace('"seq":6', '"seq":7'))
    }),
  'a withheld line has another key': (bundle) =>
    edit(bundle, (lines) => {
      lines[6] = (lines[6] ?? '').replace('"seq"', '"note":"x","seq"')
    }),
  'a withheld line has another reason than there is': (bundle) =>
    edit(bundle, (lines) => {
      lines[6] = (lines[6] ?? '').replace('filter', 'secret')
    }),
  'an entry that was shown is withheld': (bundle) =>
    edit(bundle, (lines) => {
      lines[5] = withheldOf(lines[5] ?? '', 5)
    }),
  'the first entry is withheld': (bundle) =>
    edit(bundle, (lines) => {
      lines[0] = withheldOf(lines[0] ?? '', 0)
    }),
  'a forged entry takes the place of a withheld one': (bundle) =>
    edit(bundle, (lines) => {
      lines[6] = (lines[5] ?? '').replace('"seq":5', '"seq":6')
    }),
  'an entry that is shown is changed': (bundle) =>
    edit(bundle, (lines) => {
      lines[5] = (lines[5] ?? '').replace('success', 'denied')
    }),
  'lines follow what is signed': ({ dir }) =>
    appendFileSync(join(dir, 'log', `${'23'.padStart(20, '0')}.jsonl`), `${withheldOf('x', 32)}\n`),
  'zeros follow the last line': ({ dir }) =>
    appendFileSync(join(dir, 'log', `${'23'.padStart(20, '0')}.jsonl`), Buffer.alloc(100)),
}

for (const [what, change] of Object.entries(CASES))
  test(`all three verifiers find that ${what}`, async (t) => {
    const bundle = await filtered(t)
    change(bundle)
    assertNoneHolds(await verdicts(bundle.dir, bundle.keyFile))
    // Nor does it pass with a manifest made to fit and nobody's word for it.
    listAnew(bundle)
    rmSync(join(bundle.dir, 'receipt'), { recursive: true })
    const { dir, vkey: publicKey } = bundle
    assert.equal((await verifyAudit({ dir, publicKey })).result, 'tampered')
  })

/** What is beside the log. */
const FILES: Readonly<Record<string, (bundle: TestBundle, t: TestContext) => unknown>> = {
  'the table says something else': ({ dir }) => {
    const path = join(dir, 'entries.csv')
    writeFileSync(path, readFileSync(path, 'utf8').replace('success', 'failure'))
  },
  'the report says something else': ({ dir }) => appendFileSync(join(dir, 'report.html'), 'x'),
  'a file is gone': ({ dir }) => rmSync(join(dir, 'README.txt')),
  'a file is put in': ({ dir }) => writeFileSync(join(dir, 'log', 'more.txt'), 'x'),
  'a hidden file is put in': ({ dir }) => writeFileSync(join(dir, '.more'), 'x'),
  'a link takes the place of a file': ({ dir }) => {
    renameSync(join(dir, 'README.txt'), join(dir, '..', 'README.txt'))
    symlinkSync(join(dir, '..', 'README.txt'), join(dir, 'README.txt'))
  },
  'the program that verifies is another': ({ dir }) =>
    writeFileSync(join(dir, 'verify.sh'), 'echo OK: all is well\n'),
  'the manifest is none': ({ dir }) => writeFileSync(join(dir, 'manifest.json'), '{}\n'),
  'the manifest has another form': ({ dir }) => {
    const path = join(dir, 'manifest.json')
    writeFileSync(path, `${readFileSync(path, 'utf8')} `)
  },
  'the manifest counts fewer withheld entries': (bundle) =>
    listAnew(bundle, (manifest) => {
      manifest.withheld -= 1
      manifest.disclosed += 1
    }),
  'the manifest names a smaller log': (bundle) =>
    listAnew(bundle, ({ logs: [log] }) => {
      if (log !== undefined) log.size = 13
    }),
  'the manifest was made to fit a changed table': (bundle) => {
    appendFileSync(join(bundle.dir, 'entries.csv'), 'forged\r\n')
    listAnew(bundle)
  },
  'the manifest forgets the export before': (bundle) => {
    rmSync(join(bundle.dir, 'previous.consistency'))
    listAnew(bundle, (manifest) => {
      manifest.previous = null
    })
  },
  'the manifest names another export before': (bundle) =>
    listAnew(bundle, ({ previous }) => {
      if (previous !== null) previous.root = `A${previous.root.slice(1)}`
    }),
  'the receipt is gone': ({ dir }) => rmSync(join(dir, 'receipt'), { recursive: true }),
  'the proof that the log went on is gone': ({ dir }) =>
    rmSync(join(dir, 'receipt', 'growth.consistency')),
  'the proof that the log went on is of other sizes': ({ dir }) => {
    const path = join(dir, 'receipt', 'growth.consistency')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^from \d+$/m, 'from 13'))
  },
  'the receipt is of another export': async ({ dir }, t) => {
    const other = await bundleOf(t, await richLog(folder(t)))
    cpSync(join(other.dir, 'receipt'), join(dir, 'receipt'), { recursive: true })
  },
  'the receipt names another entry': ({ dir }) => {
    const path = join(dir, 'receipt', 'export.tlog-proof')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^index (\d+)$/m, 'index 3'))
  },
  'the signature is gone from the receipt': ({ dir }) => {
    const path = join(dir, 'receipt', 'export.tlog-proof')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, text.indexOf('— ')))
  },
}

for (const [what, change] of Object.entries(FILES))
  test(`all three verifiers find that ${what}`, async (t) => {
    const bundle = await filtered(t)
    await change(bundle, t)
    assertNoneHolds(await verdicts(bundle.dir, bundle.keyFile))
  })

test('all three verifiers agree that a filtered bundle holds', async (t) => {
  const bundle = await filtered(t)
  assertAllHold(await verdicts(bundle.dir, bundle.keyFile))
})

test('a log that is no bundle may withhold nothing', async (t) => {
  const { dir, keyFile } = await filtered(t)
  assertNoneHolds(await verdicts(join(dir, 'log'), keyFile))
})

test('a bundle of an earlier state is told by who remembers a later one', async (t) => {
  const log = await richLog(folder(t))
  const first = await bundleOf(t, log)
  const second = await bundleOf(t, log)
  const anchor = join(folder(t), 'anchor.json')
  const publicKey = second.vkey
  assert.equal((await verifyAudit({ dir: second.dir, publicKey, anchor })).result, 'intact')
  assertNoneHolds(await verdicts(first.dir, first.keyFile, anchor))
  assertAllHold(await verdicts(second.dir, second.keyFile, anchor))
})

/** A second export, of one user's entries. */
async function filtered(t: TestContext): Promise<TestBundle> {
  const log = await richLog(folder(t))
  await bundleOf(t, log)
  const bundle = await bundleOf(t, log, { filter: { actor: ['u0', 'u3'] } })
  const [shown = '', six = '', seven = ''] = linesOf(join(bundle.dir, SEGMENT)).slice(5, 8)
  assert.match(shown, /"seq":5/)
  assert.doesNotMatch(shown, /withheld/)
  for (const line of [six, seven]) assert.match(line, /withheld/)
  return bundle
}

test('a manifest of any form is told, and never ends the verification', async (t) => {
  const { dir, vkey: publicKey } = await filtered(t)
  const path = join(dir, 'manifest.json')
  const good = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  const odd = [null, 7, 'x', [], {}, [null], [7], [{}], -1, 2 ** 53]
  const names = ['logs', 'files', 'filter', 'previous', 'disclosed', 'v', 'kind', 'made', 'by']
  for (const name of names)
    for (const value of odd) {
      if (name === 'previous' && value === null) continue
      writeFileSync(path, `${JSON.stringify({ ...good, [name]: value })}\n`)
      const { result } = await verifyAudit({ dir, publicKey })
      assert.equal(result, 'tampered', `${name} ${JSON.stringify(value)}`)
    }
  for (const text of ['', '{', 'null', '[]', '"x"', '\0', '{}'.repeat(1000)]) {
    writeFileSync(path, text)
    assert.equal((await verifyAudit({ dir, publicKey })).result, 'tampered')
  }
})
