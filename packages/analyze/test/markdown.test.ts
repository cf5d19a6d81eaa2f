import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { checkBounds, formatMarkdown } from '../src/index.ts'
import { analyzed, call } from './fixtures.ts'
import { needsCmark } from './needs.ts'
import { hostileReport } from './report-cases.ts'

/** As GitHub renders it, before it looks for mentions. */
function rendered(markdown: string): string {
  const extensions = ['table', 'autolink', 'strikethrough', 'tasklist'].flatMap((e) => ['-e', e])
  const { stdout, status } = spawnSync('cmark-gfm', ['--unsafe', ...extensions], {
    input: markdown,
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  return stdout
}

/** Code is left alone by what makes links of mentions and references. */
function outsideCode(html: string): string {
  return html.replace(/<code>[^<]*<\/code>|<pre><code[^>]*>[^<]*<\/code><\/pre>/g, '')
}

test(
  'a hostile name is shown as it is, in its own cell, and nothing of it becomes markup',
  needsCmark,
  async () => {
    const html = rendered(formatMarkdown(await hostileReport()))
    const rest = outsideCode(html)
    assert.doesNotMatch(rest, /someone|example\.org|onerror|<script|<style|<img|<strong>bold|tada/)
    const tags = new Set(Array.from(rest.matchAll(/<(\w+)/g), ([, tag]) => tag))
    const own = [
      'h3',
      'h4',
      'p',
      'strong',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'details',
      'summary',
    ]
    assert.deepEqual(
      [...tags].filter((tag) => !own.includes(tag ?? '')),
      [],
    )
    for (const table of html.split('<table>').slice(1)) {
      const counts = table
        .split('<tr>')
        .slice(1)
        .map((row) => row.split(/<t[hd]/).length)
      assert.equal(new Set(counts).size, 1, table)
    }
    assert.match(html, /<code>&lt;img src=x onerror=&quot;document.title=1&quot;&gt;<\/code>/)
    assert.match(html, /<code>a\|b\|\|`c`\|`\|<\/code>/)
  },
)

test('it fits a comment whatever is in the log', async () => {
  const records = Array.from({ length: 3_000 }, (_, i) => {
    const name = `${i}|${'|&<>*_'.repeat(60)}`
    return call({ model: name, user_id: name, status: 'error', error: { type: name } })
  })
  const report = await analyzed(records, { by: 'user,model' })
  const bounds = Array.from({ length: 100 }, (_, i) => `errors > ${i}`)
  const text = formatMarkdown(report, { bounds: checkBounds(report, bounds) })
  assert.ok(text.length < 65_536, String(text.length))
  assert.match(text, /and 981 more/)
})

test('the broken bounds come first, with what was found in its unit', async () => {
  const report = await analyzed([call({ duration_ms: 2_500 }), call({ duration_ms: 2_500 })])
  const bounds = checkBounds(report, ['error_rate > 5%', 'p95 > 2s', 'cost_usd > 1'])
  const text = formatMarkdown(report, { bounds })
  assert.match(text, /^### ❌ Model calls: 2 of 3 bounds broken\n/)
  assert.match(
    text,
    /\| ❌ broken \| `p95 > 2s` \| `2\.50 s` \|\n\| ❌ broken \| `cost_usd > 1` \| `totals\.cost_usd: no data` \|\n\| ✅ holds \| `error_rate > 5%` \| `0 %` \|/,
  )
  assert.match(
    formatMarkdown(report, { bounds: bounds.slice(0, 1) }),
    /^### ✅ Model calls: 1 bound checked, none broken\n/,
  )
  assert.match(formatMarkdown(report), /^### Model calls\n/)
})

test('against a baseline both sides stand beside each other, and what is beyond noise is told with its n', async () => {
  const text = formatMarkdown(await hostileReport())
  assert.match(text, /\| {2}\| before \| now \|/)
  assert.match(text, /\| calls \| 600 \| 700 \|/)
  assert.match(text, /\d+ changes beyond noise in \d+ comparisons/)
  assert.match(
    text,
    /\| p95 latency \| all calls \| [\d.]+ s \| [\d.]+ s \| \+\d+ % \| 553 → 646 \|/,
  )
})

test('without a call it says so and what was read', async () => {
  const text = formatMarkdown(await analyzed([{ a: 1 }]))
  assert.match(text, /No finished calls\.\n/)
  assert.match(text, /1 line of unknown shape/)
})
