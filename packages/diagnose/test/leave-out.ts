import { compileRules } from '../src/compile-rules.ts'
import { PRECEDENCE } from '../src/decide.ts'
import { builtIn, type Diagnose, diagnoseWith } from '../src/diagnose.ts'
import { RuleIndex } from '../src/rule-index.ts'
import { RULE_TABLES } from '../src/rules/index.ts'

const TABLES: Readonly<Record<string, readonly string[]>> = {
  'anthropic-vertex': ['anthropic'],
  'llama.cpp': ['local'],
  lmstudio: ['local'],
  vllm: ['local'],
  'vercel-gateway': ['vercel'],
  postgres: ['origin', 'origin-name'],
  docker: ['origin', 'origin-name'],
  github: ['origin', 'origin-name'],
  mcp: ['origin', 'origin-name'],
  browser: ['origin', 'origin-name'],
  'aws-s3': ['origin', 'origin-name'],
}

/** A diagnoser that lacks the table of one provider. */
export function withoutTable(provider: string): Diagnose {
  const left = TABLES[provider] ?? [provider]
  const tables = RULE_TABLES.filter(({ name }) => !left.includes(name))
  const judge = { index: new RuleIndex(compileRules(tables)), precedence: PRECEDENCE }
  const knowledge = { ...builtIn(), judge }
  return (error, context = {}) => diagnoseWith(knowledge, error, context)
}
