import type { Report } from '../src/index.ts'
import { analyze } from '../src/index.ts'
import { call, file, lines, random, started } from './fixtures.ts'

/** Names that try to be something else wherever they are put. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror="document.title=1">',
  '</script><script>document.title=2</script>',
  '</style><style>*{display:none}</style>',
  'a|b||`c`|`|',
  '``` @someone #1 https://example.org a@example.org',
  '@someone :tada: **bold** [text](https://example.org)',
  'line\nbreak\r\n# heading | cell',
  '\u202egnp.exe\u0000\u001b[31m',
  '<!-- -->-->&lt;&#60;',
  '" onfocus="document.title=3" autofocus="',
  '\ud800 half',
  'back\\slash\\',
  'wide 通义千问 👩‍👩‍👧‍👦',
  'x'.repeat(190),
]

const HOUR = 3_600_000
const BEGIN = 1_790_000_000_000

function records(count: number, begin: number, slower: number): object[] {
  const next = random(count)
  return Array.from({ length: count }, (_, i) => {
    const name = HOSTILE_NAMES[i % HOSTILE_NAMES.length]
    const failed = i % 13 === 0
    return call({
      model: name,
      start_time: begin + Math.floor(i / 40) * HOUR * (i > count / 2 ? 2 : 1),
      duration_ms: slower * 10 ** (2.5 + next()),
      ttft_ms: 100 + next() * 300,
      input_tokens: 1000 + i,
      output_tokens: Math.round(next() * 300),
      cost_usd: i % 10 === 0 ? null : next() / 100,
      prompt_name: HOSTILE_NAMES[i % 3],
      status: failed ? 'error' : 'ok',
      ...(failed ? { error: { type: name, message: '' } } : {}),
    })
  })
}

const OUTCOMES = ['validation', 'user_action', 'evaluation'].map((event) => ({
  ...{ recount: 1, event, level: 30, time: BEGIN, passed: false, rule: HOSTILE_NAMES[0] },
  ...{ action: 'edited', name: HOSTILE_NAMES[1], score: 0.5, evaluator: 'human' },
}))

/** A report with all sections, compared with a faster period, in which every name is hostile. */
export function hostileReport(): Promise<Report> {
  const now = lines(...records(700, BEGIN, 1.6), ...OUTCOMES, started())
  const before = lines(...records(600, BEGIN - 90 * 24 * HOUR, 1))
  return analyze(file(`${now}{"cut":`), {
    ...{ by: 'prompt', baseline: file(before), zone: 'Europe/Berlin', every: 'hour' },
  })
}
