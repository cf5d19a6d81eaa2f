import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { analyze, formatText } from '../src/index.ts'
import { analyzed, call, file, lines } from './fixtures.ts'

test('a table is named as one, with what to do, where no line of it is JSON', async () => {
  const tables = [
    'time,model,tokens\n2026-11-20,"a, b",3\n2026-11-21,b,4\n',
    'time;model;tokens\n1;a;3\n',
    'time\tmodel\ttokens\r\n1\ta\t3\r\n',
  ]
  for (const table of tables) {
    const path = file(table)
    const { input } = await analyze([path, file(lines(call()))])
    assert.deepEqual(
      input.damaged.map(({ file: name }) => name),
      [path],
    )
    assert.match(input.damaged[0]?.reason ?? '', /looks like [CT]SV, .*make JSON Lines of it first/)
    assert.equal(input.records, 1)
  }
  const others = [
    `starting, port 80, host a\nstarted, port 80, host a\n${lines(call())}`,
    'starting, now\nstarted, then, again\n',
    'one\ntwo\n',
    `[1,2,3]\n[4,5,6]\n`,
  ]
  for (const text of others) assert.deepEqual((await analyze(file(text))).input.damaged, [], text)
})

test('files of other formats are named with what to do, and the rest is read', async () => {
  const heads = {
    zstd: [0x28, 0xb5, 0x2f, 0xfd],
    xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    bzip2: [0x42, 0x5a, 0x68, 0x39],
    zip: [0x50, 0x4b, 3, 4],
    Parquet: [...Buffer.from('PAR1')],
    SQLite: [...Buffer.from('SQLite format 3\0')],
  }
  for (const [name, head] of Object.entries(heads)) {
    const path = file(Buffer.concat([Buffer.from(head), Buffer.alloc(5000, '\n{"x')]))
    for (const state of [undefined, `${path}.state`]) {
      const options = state === undefined ? {} : { state }
      const { input } = await analyze([path, file(lines(call()))], options)
      assert.match(input.damaged[0]?.reason ?? '', new RegExp(name), name)
      assert.deepEqual([input.records, input.lines], [1, 1], name)
    }
  }
})

test('UTF-16 with its mark is read as what it says, whatever the cuts between chunks', async () => {
  const text = lines(...Array.from({ length: 3000 }, (_, i) => call({ model: `é🚀${i % 3}` })))
  const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  const big = Buffer.from(little).swap16()
  for (const bytes of [little, big]) {
    const report = await analyze(file(bytes))
    assert.equal(report.totals.calls, 3000)
    assert.deepEqual(report.by_model.map(({ model }) => model).sort(), ['é🚀0', 'é🚀1', 'é🚀2'])
  }
  const path = file(little)
  const { input } = await analyze(path, { state: `${path}.state` })
  assert.match(input.damaged[0]?.reason ?? '', /UTF-16.*without --state/)
})

test('values that are there and could not be read are counted and told, those that say nothing are not', async () => {
  const flat = { model: 'm', prompt_tokens: 3 }
  const report = await analyzed([
    { ...flat, latency_ms: 'fast', cost_usd: 'cheap', ttft_ms: -1 },
    { ...flat, latency_ms: null, cost_usd: '-', ttft_ms: '' },
    { ...flat, latency_ms: 5, cost_usd: 0.1, ttft_ms: 1 },
    { llm: 'm', tokens_in: 5, tokens_out: 6, took_ms: 7 },
    { llm: 'm', tokens_in: 5, tokens_out: '1.2k', took_ms: 7 },
    call({ duration_ms: -5, input_tokens: 'x', cost_usd: 1e300 }),
  ])
  assert.deepEqual(report.input.unreadable, {
    ...{ cost_usd: 2, duration_ms: 2, input_tokens: 1, output_tokens: 1, ttft_ms: 1 },
  })
  const text = formatText(report).replaceAll(/\s+/g, ' ')
  assert.match(text, /Not counted, since they could not be read: 2 × cost_usd, 2 × duration_ms/)
  const mapped = await analyzed([{ a: 'fast', b: 3 }], { map: ['latency=a', 'input_tokens=b'] })
  assert.deepEqual(mapped.input.unreadable, { duration_ms: 1 })
  assert.deepEqual((await analyzed([call()])).input.unreadable, {})
})

test('explained input names where values were that could not be read', async () => {
  const rows = ['fast', 'slow', 5].map((latency_ms) => ({
    model: 'm',
    prompt_tokens: 3,
    latency_ms,
  }))
  const { explain } = await analyzed(rows, { explainInput: true })
  assert.deepEqual(explain?.[0]?.unreadable, { latency_ms: 2 })
})

test('a hostile file name in what to do is plain text', async () => {
  const path = file('x', 'a\u001b[2J.csv')
  writeFileSync(path, 'a,b,c\n1,2,3\n')
  assert.doesNotMatch(formatText(await analyze(path)).replaceAll('\n', ''), /\p{Cc}/u)
})
