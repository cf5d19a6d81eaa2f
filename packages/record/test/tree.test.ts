import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '../src/index.ts'
import { beganAt, type SpanNode, spanTrees } from '../src/span-tree.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const OTHER = '0af7651916cd43dd8448eb211c80319c'

test('start and terminal lines of a span become one node, and spans hang on their parents', () => {
  const [tree] = spanTrees([
    started('a', undefined, 10),
    started('b', 'a', 20),
    ended('b', 'a', 20),
    ended('a', undefined, 10),
  ])
  assert.deepEqual(shape(tree?.roots), ['a(b)'])
  const [root] = tree?.roots ?? []
  assert.equal(root?.start?.event, 'step_started')
  assert.equal(root?.end?.event, 'step')
})

test('lines in any order give the same tree', () => {
  const lines = [
    started('a', undefined, 10),
    started('b', 'a', 20),
    started('c', 'a', 15),
    content('c', 'a', 16),
    ended('c', 'a', 15),
    ended('b', 'a', 20),
    ended('a', undefined, 10),
    action('b'),
  ]
  const expected = spanTrees(lines)
  assert.deepEqual(shape(expected[0]?.roots), ['a(c b)'])
  for (let seed = 1; seed <= 50; seed++)
    assert.deepEqual(spanTrees(shuffled(lines, seed)), expected)
})

test('siblings stand in the order in which they began, whatever order they ended in', () => {
  const [tree] = spanTrees([
    ended('late', 'a', 30),
    ended('early', 'a', 20),
    ended('a', undefined, 10),
  ])
  assert.deepEqual(shape(tree?.roots), ['a(early late)'])
})

test('a span without its start line is placed by its terminal line', () => {
  const [tree] = spanTrees([ended('b', 'a', 20), ended('a', undefined, 10)])
  assert.deepEqual(shape(tree?.roots), ['a(b)'])
  assert.equal(tree?.roots[0]?.children[0]?.start, undefined)
})

test('a span without its terminal line is interrupted: it has no end', () => {
  const [tree] = spanTrees([ended('a', undefined, 10), started('b', 'a', 20)])
  const [interrupted] = tree?.roots[0]?.children ?? []
  assert.equal(interrupted?.end, undefined)
  assert.equal(interrupted && beganAt(interrupted), 20)
})

test('a span whose parent is not there is a root beside the others', () => {
  const [tree] = spanTrees([ended('a', undefined, 10), ended('b', 'gone', 20)])
  assert.deepEqual(shape(tree?.roots), ['a', 'b'])
})

test('what is said about a span hours later hangs on it and is not its end', () => {
  const [tree] = spanTrees([ended('a', undefined, 10), action('a'), evaluation('a')])
  const [root] = tree?.roots ?? []
  assert.equal(root?.end?.event, 'step')
  assert.deepEqual(
    root?.about.map(({ event }) => event),
    ['user_action', 'evaluation'],
  )
})

test('every failed rule of a validation is kept', () => {
  const [tree] = spanTrees([failedRule('one'), failedRule('two'), failedRule('three')])
  const [node] = tree?.roots ?? []
  const lines = [node?.end, ...(node?.about ?? [])]
  assert.deepEqual(
    lines.map((line) => (line?.event === 'validation' ? line.rule : undefined)),
    ['one', 'two', 'three'],
  )
})

test('spans of two traces with one span id stay apart; lines without a trace are left out', () => {
  const trees = spanTrees([
    ended('a', undefined, 10),
    { ...ended('a', undefined, 20), trace_id: OTHER } as AnyRecord,
    { ...line('user_action', 30), action: 'rated', message_id: 'm' } as unknown as AnyRecord,
  ])
  assert.deepEqual(
    trees.map(({ trace_id, roots }) => [trace_id, shape(roots)]),
    [
      [TRACE, ['a']],
      [OTHER, ['a']],
    ],
  )
})

test('spans that say they contain each other are roots, and what hangs on them stays there', () => {
  const [tree] = spanTrees([
    ended('self', 'self', 5),
    ended('a', 'c', 10),
    ended('b', 'a', 20),
    ended('c', 'b', 30),
    ended('below', 'b', 40),
  ])
  assert.deepEqual(shape(tree?.roots), ['self', 'a', 'b(below)', 'c'])
})

test('hostile ids are ids like any other', () => {
  const ids = ['__proto__', 'constructor', '', 'toString', '\u0000', '💥']
  const [tree] = spanTrees(ids.map((id, index) => ended(id, ids[index - 1], index)))
  assert.deepEqual(shape(tree?.roots), ['__proto__(constructor((toString(\u0000(💥)))))'])
  assert.equal(Object.getPrototypeOf(tree?.roots[0]), Object.prototype)
})

const DEEP = 10_000
const chain = Array.from({ length: DEEP }, (_, n) =>
  ended(`s${n}`, n === 0 ? undefined : `s${n - 1}`, n),
)
const ring = Array.from({ length: DEEP }, (_, n) => ended(`s${n}`, `s${(n + 1) % DEEP}`, n))

for (const [name, lines, roots] of [
  ['chain of 10,000 spans', chain, 1],
  ['chain of 10,000 spans, last line first', chain.toReversed(), 1],
  ['ring of 10,000 spans', ring, DEEP],
] as const) {
  test(`a ${name} needs no stack and a few lookups a span`, () => {
    const lookups = countingLookups(() => {
      const [tree] = spanTrees(lines)
      assert.equal(tree?.roots.length, roots)
      if (roots === 1) assert.equal(depthOf(tree?.roots[0]), DEEP)
    })
    assert.ok(lookups < 10 * DEEP, `${lookups} lookups`)
  })
}

function line(event: string, time: number): object {
  return { level: 30, time, recount: 1, event }
}

function started(span_id: string, parent_span_id: string | undefined, time: number): AnyRecord {
  return { ...line('step_started', time), ...ids(span_id, parent_span_id) } as AnyRecord
}

function ended(span_id: string, parent_span_id: string | undefined, time: number): AnyRecord {
  const terminal = { start_time: time, duration_ms: 5, status: 'ok' }
  return { ...line('step', time + 5), ...ids(span_id, parent_span_id), ...terminal } as AnyRecord
}

function content(span_id: string, parent_span_id: string, time: number): AnyRecord {
  const about = { part: 'input', digest: 'd', bytes: 1, content: 'x' }
  return { ...line('content', time), ...ids(span_id, parent_span_id), ...about } as AnyRecord
}

function action(span_id: string): AnyRecord {
  const ours = { trace_id: TRACE, span_id, action: 'rated' }
  return { ...line('user_action', 99_000), ...ours } as unknown as AnyRecord
}

function evaluation(span_id: string): AnyRecord {
  const ours = { trace_id: TRACE, span_id, evaluator: 'code' }
  return { ...line('evaluation', 99_001), ...ours } as unknown as AnyRecord
}

function failedRule(rule: string): AnyRecord {
  return { ...line('validation', 10), ...ids('v', undefined), passed: false, rule } as AnyRecord
}

function ids(span_id: string, parent_span_id: string | undefined): object {
  const own = { trace_id: TRACE, span_id }
  return parent_span_id === undefined ? own : { ...own, parent_span_id }
}

/** Nodes as text, children in brackets. */
function shape(nodes: readonly SpanNode[] = []): string[] {
  return nodes.map(({ span_id, children }) =>
    children.length === 0 ? span_id : `${span_id}(${shape(children).join(' ')})`,
  )
}

/** How many spans lie in one another, first children only. */
function depthOf(node: SpanNode | undefined): number {
  let depth = 0
  for (let at = node; at !== undefined; at = at.children[0]) depth++
  return depth
}

/** How often a Map is asked during a call. */
function countingLookups(call: () => void): number {
  const { get } = Map.prototype
  let lookups = 0
  Map.prototype.get = function counted(this: Map<unknown, unknown>, key: unknown) {
    lookups++
    return get.call(this, key)
  }
  try {
    call()
  } finally {
    Map.prototype.get = get
  }
  return lookups
}

/** The lines in an order that the seed decides (mulberry32). */
function shuffled(lines: readonly AnyRecord[], seed: number): AnyRecord[] {
  let state = seed
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const keyed = lines.map((record) => [random(), record] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, record]) => record)
}
