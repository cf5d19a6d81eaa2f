import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import type { AnyRecord, Erased } from '@recount/record'
import type { Engine } from '../engine.ts'
import { StoreError } from '../errors.ts'
import { strippedActions } from '../records/erasure.ts'
import { keysOf } from '../records/keys.ts'
import { isRecord } from '../records/valid.ts'
import type { Cleaned, Ingested, IngestOptions, OnCleaned } from '../store.ts'
import { readAudit, tenantsIn, writeAudit } from './audit-table.ts'
import { buriedIn, buryEdits, buryErased, buryRemarks, forgetBuried } from './bury-erased.ts'
import { keepBlock, missingBlock } from './call-blocks.ts'
import { cleanFile, isUnclean } from './clean-file.ts'
import { Connection } from './connection.ts'
import { countedBlocks } from './count-blocks.ts'
import { countedCalls } from './count-calls.ts'
import { IndexFiller } from './fill-index.ts'
import { countBefore, forgetBefore, pause } from './forget-old.ts'
import { type Forgetting, forgetPerson } from './forget-person.ts'
import { type Fate, Forgotten } from './forgotten.ts'
import { readLines } from './read-lines.ts'
import { alikeCalls, findTraces, questionOf, traceRecords } from './read-traces.ts'
import { migrate, SCHEMA_VERSION, versionOf } from './schema.ts'
import { listSpans, searchSpans } from './search.ts'
import { writeInTurn } from './turns.ts'
import { forgetWords } from './unused-words.ts'
import { writeRecords } from './write-records.ts'

/** Records in one step: it holds the lock for some 30 ms. */
const STEP_RECORDS = 1000

/** Opens an SQLite file, and makes one where there is none. Throws `STORE_UNREADABLE`, `STORE_NEWER`. */
export async function openSqlite(
  path: string,
  options: { multiTenant: boolean; readonly: boolean },
): Promise<Engine> {
  const { readonly } = options
  if (readonly && !existsSync(path))
    throw new StoreError('STORE_UNREADABLE', `There is no store ${path}`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new StoreError('STORE_UNREADABLE', `${path} is a folder; give the path of a file in it`)
  if (!readonly) makeForOwner(path)
  const connection = new Connection(path, {
    readonly,
    check: (opened) => void versionOf(opened, path),
  })
  try {
    if (!readonly) migrate(connection, path, options.multiTenant)
    else checkReadable(versionOf(connection, path), path)
    const isMulti = connection.number("SELECT value FROM meta WHERE key = 'multi_tenant'") === 1
    return sqliteEngine(connection, { multiTenant: options.multiTenant || isMulti, readonly })
  } catch (error) {
    connection.close()
    throw error
  }
}

function isErased(record: AnyRecord): record is Erased {
  return record.event === 'erased'
}

/** Whoever only reads changes nothing, and so brings nothing to this version. */
function checkReadable(version: number, path: string): void {
  if (version === 0)
    throw new StoreError('STORE_UNREADABLE', `${path} is no store: there is nothing in it`)
  if (version < SCHEMA_VERSION)
    throw new StoreError(
      'STORE_SCHEMA_OLD',
      `${path} has the schema ${version}, and this version needs ${SCHEMA_VERSION}; run \`recount store migrate ${path}\`, or index into it`,
    )
}

/** What was said is in it: a new file is its owner's alone, and SQLite gives the files beside it the same mode. */
function makeForOwner(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch {
    // It is there already, or SQLite will say why it cannot be.
  }
}

function sqliteEngine(
  connection: Connection,
  { multiTenant, readonly }: { multiTenant: boolean; readonly: boolean },
): Engine {
  const [row] = connection.all("SELECT value FROM meta WHERE key = 'key'")
  const keys = keysOf(String(row?.[0]))
  const forgotten = new Forgotten(connection, keys)
  const forgetting: Forgetting = { connection, forgotten, keys, multiTenant }
  const filler = new IndexFiller(connection, keys)
  let filling: Promise<void> | undefined
  let isClosing = false
  let hasBuried = false
  // What an earlier process had to leave, or was killed before, is cleaned by whoever may write.
  let isInterrupted = false
  const leftOver =
    readonly || !isUnclean(connection)
      ? undefined
      : cleanFile(connection, { isEnded: () => isInterrupted }).catch(() => {})

  async function clean(onCleaned?: OnCleaned): Promise<Cleaned> {
    isInterrupted = true
    await leftOver
    await filling?.catch(() => {})
    return cleanFile(connection, { onCleaned })
  }

  /** Writers fill the index right behind what they write; what they leave, the next one fills. */
  function fillBehind(): Promise<void> {
    filling ??= fill().finally(() => {
      filling = undefined
    })
    return filling
  }

  async function fill(): Promise<void> {
    // Whoever writes does not wait for it.
    await pause()
    while (await writeInTurn(connection, () => filler.step(), { share: 0.25 }));
    for (let block = missingBlock(connection); block !== undefined; ) {
      const missing = block
      await writeInTurn(connection, () => keepBlock(connection, missing), { share: 0.25 })
      block = missingBlock(connection)
    }
  }

  async function writeSome(
    records: readonly AnyRecord[],
    { audit = [], position }: IngestOptions,
  ): Promise<Ingested> {
    const buried = buriedIn(records.filter(isErased), scopeOf)
    hasBuried ||= buried.length > 0
    const result = await connection.writeWhenFree(() => {
      forgotten.refresh()
      const words = new Set<string>()
      for (const one of buried) for (const word of buryErased(forgetting, one)) words.add(word)
      const fates = fatesOf(records, words)
      const kept = fates.filter((fate) => typeof fate !== 'string')
      const entries = forgotten.fatesOfAudit(audit)
      const keptEntries = entries.filter((fate) => typeof fate !== 'string')
      const added = writeRecords(connection, keys, kept) + writeAudit(connection, keptEntries)
      if (position !== undefined)
        connection.run('INSERT OR REPLACE INTO positions VALUES (?, ?)', [
          position.name,
          position.at,
        ])
      const all = [...fates, ...entries]
      const count = (word: string): number => all.filter((fate) => fate === word).length
      const counts = { erased: count('erased'), pruned: count('pruned'), invalid: 0 }
      return {
        words,
        counts: { added, known: kept.length + keptEntries.length - added, ...counts },
      }
    })
    if (result.words.size > 0) await forgetWords(connection, result.words)
    for (const one of buried) await forgetBuried(forgetting, one)
    return result.counts
  }

  /** Remarks go with what they are about, and what users made of answers with the actions that tell of it. */
  function fatesOf(records: readonly AnyRecord[], words: Set<string>): Fate[] {
    const first = forgotten.fatesOf(records)
    const changed = records.filter((record, at) => first[at] !== record && first[at] !== 'pruned')
    if (changed.length === 0) return first
    const remarks = buryRemarks(forgetting, changed, scopeOf)
    const actions = strippedActions(records, forgotten.fatesOf(records))
    for (const gone of [remarks, buryEdits(forgetting, actions, scopeOf)]) {
      hasBuried ||= gone.pieces > 0
      for (const word of gone.words) words.add(word)
    }
    return forgotten.fatesOf(records)
  }

  function scopeOf({ tenant_id }: { tenant_id?: string }): string | undefined {
    return multiTenant ? (tenant_id ?? '') : tenant_id
  }

  return {
    multiTenant,
    async write(records, options) {
      const valid = records.filter(isRecord)
      const sum = {
        added: 0,
        known: 0,
        erased: 0,
        pruned: 0,
        invalid: records.length - valid.length,
      }
      const { audit = [], position } = options
      const length = Math.max(valid.length, audit.length)
      for (let at = 0; at < length || at === 0; at += STEP_RECORDS) {
        const isLast = at + STEP_RECORDS >= length
        const counts = await writeSome(valid.slice(at, at + STEP_RECORDS), {
          audit: audit.slice(at, at + STEP_RECORDS),
          position: isLast ? position : undefined,
        })
        for (const key of ['added', 'known', 'erased', 'pruned'] as const) sum[key] += counts[key]
      }
      // Whoever writes has no use for an error of what comes after; the next write tries again.
      if (valid.length > 0) fillBehind().catch(() => {})
      return sum
    },
    async findTraces(target, scope) {
      return findTraces(connection, target, scope)
    },
    async traceRecords(trace_id, scope) {
      return traceRecords(connection, trace_id, scope, multiTenant)
    },
    async list(query) {
      return listSpans(connection, query, multiTenant)
    },
    async search(query) {
      // Whoever asks without end must not keep the index from being filled.
      await pause()
      return searchSpans(connection, query, multiTenant)
    },
    async groups(query) {
      return countedBlocks(connection, query)
    },
    async *countedCalls(query) {
      yield* countedCalls(connection, query, multiTenant)
    },
    async *lines(query) {
      yield* readLines(connection, query)
    },
    async question(span_id, scope) {
      return questionOf(connection, span_id, scope)
    },
    async alike(question, scope) {
      await pause()
      return alikeCalls(connection, keys, question, scope)
    },
    async forgetBefore(query) {
      return forgetBefore(connection, forgotten, query, multiTenant)
    },
    async countBefore(query) {
      return countBefore(connection, query, multiTenant)
    },
    async forgetPerson(person, scope) {
      return forgetPerson(forgetting, person, scope)
    },
    clean,
    async auditOf(trace_id, scope) {
      return readAudit(connection, trace_id, scope)
    },
    async isForgotten(names, scope) {
      return [...new Set([undefined, scope])].some((one) => forgotten.isBuried(one, names))
    },
    async tenants() {
      return tenantsIn(connection)
    },
    async position(name) {
      const [found] = connection.all('SELECT at FROM positions WHERE name = ?', [name])
      return found === undefined ? null : String(found[0])
    },
    async close() {
      if (isClosing) return
      isClosing = true
      await leftOver
      await filling?.catch(() => {})
      if (hasBuried) await cleanFile(connection).catch(() => {})
      connection.close()
    },
  }
}
