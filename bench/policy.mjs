// What deciding costs: a policy of 20 rules, facts of calls that different rules decide, beside looking at the rules as data.
import { compilePolicy } from '../packages/policy/dist/lib/index.js'

const MODELS = ['gpt-4o', 'claude-sonnet-4', 'gemini-2.5-pro', 'acme-large']
const DECISIONS = 1_000_000

/** A policy with so many rules: wildcards, lists, comparisons, consent, a share; the last always holds. */
export function policyOf(count) {
  const kinds = [
    (n) => ({ tenant: `tenant-${n}` }),
    (n) => ({ model: [`model-${n}-*`, '!*-mini'], environment: 'production' }),
    (n) => ({ status: 'error', provider: `provider-${n}` }),
    (n) => ({ duration_ms: { '>': 60_000 + n }, finish_reason: ['length', 'stop'] }),
    (n) => ({ consent: ['content', `purpose-${n}`] }),
    (n) => ({ step: `step-${n}`, share: 0.5 }),
  ]
  const rules = Array.from({ length: count - 1 }, (_, n) => ({
    name: `rule ${n}`,
    when: kinds[n % kinds.length](n),
    then: { content: n % 2 === 0 ? 'text' : { input: 'text', '*': 'digest' }, sample: 0.1 },
  }))
  return {
    version: 1,
    rules: [...rules, { name: 'rest', then: { content: 'digest', sample: 0.1 } }],
    tenants: { 'tenant-0': { redact: 'strict' } },
  }
}

/** Facts of calls: most are decided by the last rule, some by one on the way. */
function callFacts(count) {
  return Array.from({ length: 512 }, (_, i) => ({
    event: 'llm_call',
    trace_id: (i * 2654435761).toString(16).padStart(32, 'a1b2c3d4'),
    provider: i % 7 === 0 ? `provider-${count - 1}` : 'openai',
    model: MODELS[i % 4],
    tenant: i % 8 === 0 ? `tenant-${(i * 3) % count}` : `customer-${i}`,
    user: `user-${i}`,
    step: 'answer',
    prompt: 'triage',
    environment: 'production',
    consent: ['content'],
    attempt: 1,
    status: i % 33 === 0 ? 'error' : 'ok',
    finish_reason: 'stop',
    duration_ms: 400 + i,
    ttft_ms: 90,
    input_tokens: 1000,
    output_tokens: 200,
    context_share: 0.2,
    cost_usd: 0.01,
    slow: false,
    level: 30,
  }))
}

/** Nanoseconds and bytes of garbage a decision, at the end and at the start, by number of rules. */
export function decisionCosts(count) {
  const policy = compilePolicy(policyOf(count))
  const facts = callFacts(count)
  const work = {
    'decide (ending)': (i) => policy.decide(facts[i & 511]).keep,
    decideStart: (i) => policy.decideStart(facts[i & 511]).keep,
    'decide, half asked for': (i) => policy.decide(facts[i & 511], 'digest').keep,
  }
  return Object.fromEntries(Object.entries(work).map(([name, once]) => [name, cost(once)]))
}

function cost(once) {
  repeat(once, DECISIONS / 2)
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  repeat(once, DECISIONS)
  const nanoseconds = ((performance.now() - start) * 1e6) / DECISIONS
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    caller: nanoseconds,
    cpu: ((user + system) * 1000) / DECISIONS,
    bytes: garbage(once),
  }
}

/** Few enough decisions that, with the space that run.mjs gives, no collection of garbage comes in between. */
function garbage(once) {
  const decisions = 20_000
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  repeat(once, decisions)
  return (process.memoryUsage().heapUsed - before) / decisions
}

/** The count keeps the engine from leaving the work out. */
function repeat(once, times) {
  let kept = 0
  for (let i = 0; i < times; i++) if (once(i)) kept++
  if (kept === 0) throw new Error('Nothing was kept')
}

if (process.argv[2] === '--count') {
  process.stdout.write(JSON.stringify(decisionCosts(Number(process.argv[3]))))
}
