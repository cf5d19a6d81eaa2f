import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { checkBounds, formatHtml } from '../src/index.ts'
import { analyzed, call, file } from './fixtures.ts'
import { needsChromium } from './needs.ts'
import { hostileReport } from './report-cases.ts'

const { resolve } = createRequire(import.meta.url)
const AXE = readFileSync(resolve('axe-core/axe.min.js'), 'utf8')

let browser: Promise<Browser> | undefined
after(async () => (await browser)?.close())

let hostile: Promise<string> | undefined

function hostilePage(): Promise<string> {
  hostile ??= hostileReport().then((report) => {
    const bounds = checkBounds(report, ['p95 > 2s', 'error_rate > 50%'])
    return formatHtml(report, { bounds })
  })
  return hostile
}

/** A page opened from disk, and everything it complained of or asked for. */
async function opened(
  html: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; trouble: string[] }> {
  browser ??= chromium.launch({ executablePath: await which(), args: ['--no-sandbox'] })
  const context = await (await browser).newContext({
    viewport: { width: 1440, height: 900 },
    ...options,
  })
  const page = await context.newPage()
  const url = pathToFileURL(file(html, `page-${pages++}.html`)).href
  const trouble: string[] = []
  page.on('console', (message) => trouble.push(message.text()))
  page.on('pageerror', ({ message }) => trouble.push(message))
  page.on('dialog', (dialog) => trouble.push(dialog.message()))
  page.on('request', (request) => {
    if (request.url() !== url) trouble.push(request.url())
  })
  await page.goto(url)
  return { page, trouble }
}

let pages = 0

function which(): string {
  const folders = (process.env.PATH ?? '').split(':')
  const found = folders.map((folder) => `${folder}/chromium`).find(isThere)
  assert.ok(found)
  return found
}

function isThere(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    test(
      `opened from disk at ${width} px, ${colorScheme}, it asks for nothing, complains of nothing and can be used by all`,
      needsChromium,
      async () => {
        const viewport = { width, height: 800 }
        const { page, trouble } = await opened(await hostilePage(), { colorScheme, viewport })
        await page.locator('.chart canvas').first().waitFor()
        assert.equal(await page.locator('.chart canvas').count(), 6)
        // What is folded away is looked at, too.
        await page.evaluate('for (const e of document.querySelectorAll("details")) e.open = true')
        const scroll = await page.evaluate('document.documentElement.scrollWidth')
        assert.ok(Number(scroll) <= width, `${scroll} px wide`)
        await page.evaluate(AXE)
        const violations = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes.map(({ html }) => html).join(" ")))',
        )
        assert.deepEqual(violations, [])
        assert.deepEqual(trouble, [])
        await page.context().close()
      },
    )
  }
}

test(
  'nothing of a hostile name is run or becomes an element, and a policy stands behind that',
  needsChromium,
  async () => {
    const { page, trouble } = await opened(await hostilePage())
    assert.equal(await page.title(), 'Model calls')
    assert.equal(
      await page
        .locator('img, iframe, link, a, [onerror], [onfocus], [style*="display:none"]')
        .count(),
      0,
    )
    assert.equal(await page.locator('script').count(), 2)
    assert.equal(await page.locator('style').count(), 1)
    const name = '<img src=x onerror="document.title=1">'
    assert.ok(await page.getByRole('rowheader', { name, exact: true }).first().isVisible())
    const refused = await page.evaluate(`new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'document.title = 4'
    document.body.append(script)
  })`)
    assert.equal(refused, 'script-src-elem')
    assert.equal(await page.title(), 'Model calls')
    assert.equal(trouble.length, 1)
    await page.context().close()
  },
)

test(
  'a chart is read with arrow keys, and its numbers stand in a table',
  needsChromium,
  async () => {
    const { page } = await opened(await hostilePage())
    const figure = page.locator('figure').filter({ hasText: 'Latency of successful calls' })
    await figure.getByRole('img').press('Home')
    const readout = figure.locator('.readout')
    const first = await readout.textContent()
    assert.match(first ?? '', /^2026-09-21 16:00: p50 [\d.]+ m?s, p95 [\d.]+ m?s$/)
    await page.keyboard.press('ArrowRight')
    assert.match((await readout.textContent()) ?? '', /^2026-09-21 17:00: /)
    await figure.getByText('as a table').click()
    const row = figure.getByRole('row').nth(1)
    assert.match((await row.textContent()) ?? '', /^2026-09-21 16:00/)
    await page.context().close()
  },
)

test(
  'it follows the colours of the system while it is open, and is light on paper',
  needsChromium,
  async () => {
    const { page, trouble } = await opened(await hostilePage(), { colorScheme: 'dark' })
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    assert.equal(await background(), 'rgb(20, 23, 28)')
    await page.emulateMedia({ colorScheme: 'light' })
    assert.equal(await background(), 'rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    assert.equal(await background(), 'rgb(255, 255, 255)')
    assert.ok((await page.pdf()).length > 10_000)
    assert.deepEqual(trouble, [])
    await page.context().close()
  },
)

test('without a script all numbers are there', needsChromium, async () => {
  const { page } = await opened(await hostilePage(), { javaScriptEnabled: false })
  await page.getByText('Calls as a table', { exact: true }).click()
  assert.ok(await page.getByRole('table', { name: 'Calls, Europe/Berlin' }).isVisible())
  await page.context().close()
})

test('nothing moves, so there is nothing to reduce', async () => {
  assert.doesNotMatch(
    await hostilePage(),
    /animation\s*:|transition\s*:|@keyframes|scroll-behavior/,
  )
})

test('the story says in words what the numbers are, and what is unknown', async () => {
  const page = formatHtml(
    await analyzed([
      call({ model: 'acme-large', duration_ms: 1_500, input_tokens: 40, output_tokens: 4 }),
      call({ model: 'acme-large', duration_ms: 2_500, input_tokens: 60, output_tokens: 6 }),
    ]),
  )
  for (const sentence of [
    '2 model calls to acme-large, 2026-09-21 14:13 UTC.',
    'No call failed.',
    'Half of the answers took at most 2.00 s; one in twenty took longer than 2.45 s.',
    'What they cost is unknown.',
    'A call sends 50 tokens and gets 5 back on average.',
  ])
    assert.ok(page.includes(`<li>${sentence}</li>`), sentence)
})

test('without a call it says so, and shows no chart and no card', async () => {
  const page = formatHtml(await analyzed([{ a: 1 }]))
  assert.match(page, /There is no finished call in what was read\./)
  assert.match(page, /1 line of unknown shape/)
  assert.doesNotMatch(page, /<dl|<figure/)
})
