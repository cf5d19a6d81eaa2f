import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'
import { StoreError } from '../errors.ts'

/** What SQLite takes and gives. Texts must not have NUL: libsql ends them there. */
export type Value = string | number | Buffer | null
/** A row, by position. */
export type Row = readonly Value[]

type Statement = Database.Statement<Value[][]>

/** Another process may hold the lock for as long as one of its steps takes. */
const WAIT_MS = 5
const LONGEST_WAIT_MS = 15_000
/** Pages of 16 KB are 1.7 times as fast as those of 4 KB and take half the space. */
const PAGE_BYTES = 16_384

const MOST_STATEMENTS = 200
/** Pages of an index are changed again and again: the more changes one checkpoint takes together, the fewer it writes. */
const LOG_PAGES = 4000

/** One connection to a database file; all its calls are synchronous. */
export class Connection {
  readonly #database: Database.Database
  readonly #path: string
  readonly #readonly: boolean
  readonly #statements: Map<string, Statement> = new Map()
  #inWrite = false
  #isClosed = false

  /** `check` looks at the file before anything in it is changed. */
  constructor(
    path: string,
    { readonly, check }: { readonly: boolean; check?: (connection: Connection) => void },
  ) {
    this.#path = path
    this.#readonly = readonly
    this.#database = this.#opening(path, readonly)
    try {
      check?.(this)
    } catch (error) {
      this.#isClosed = true
      this.#statements.clear()
      this.#database.close()
      throw error
    }
    // A name that SQLite takes for a file only where it is one; what is no database says so here.
    if (!readonly) {
      this.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
      this.exec('PRAGMA auto_vacuum = INCREMENTAL')
      this.exec('PRAGMA journal_mode = WAL')
      this.exec('PRAGMA synchronous = NORMAL')
      this.exec('PRAGMA secure_delete = ON')
      this.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`)
    } else this.exec('PRAGMA query_only = 1')
    this.exec('PRAGMA cache_size = -65536')
    this.exec('PRAGMA temp_store = MEMORY')
  }

  get path(): string {
    return this.#path
  }

  all(sql: string, values: readonly Value[] = []): Row[] {
    return this.#guarded(() => this.#statement(sql).all(values as Value[]) as Row[])
  }

  /** Rows one at a time; nothing may be written meanwhile. */
  *each(sql: string, values: readonly Value[] = []): Generator<Row> {
    const rows = this.#guarded(() =>
      this.#database
        .prepare(sql)
        .raw(true)
        .iterate([...values]),
    )
    try {
      yield* rows as Iterable<Row>
    } catch (error) {
      throw this.#told(error)
    }
  }

  /** The first value of the first row; 0 without one. */
  number(sql: string, values: readonly Value[] = []): number {
    return Number(this.all(sql, values)[0]?.[0] ?? 0)
  }

  /** Rows that changed. */
  run(sql: string, values: readonly Value[] = []): number {
    return this.#guarded(() => this.#statement(sql, false).run(values as Value[]).changes)
  }

  exec(sql: string): void {
    this.#guarded(() => this.#database.exec(sql))
  }

  /** Runs in one step that happens or does not, waiting for other processes while blocking this one. */
  write<T>(act: () => T): T {
    const deadline = Date.now() + LONGEST_WAIT_MS
    while (!this.#begin()) if (Date.now() > deadline) throw this.#busy()
    return this.#commit(act)
  }

  /** The same, waiting without blocking. */
  async writeWhenFree<T>(act: () => T): Promise<T> {
    const deadline = Date.now() + LONGEST_WAIT_MS
    for (let wait = 1; !this.#begin(); wait = Math.min(wait * 2, WAIT_MS)) {
      if (Date.now() > deadline) throw this.#busy()
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
    }
    return this.#commit(act)
  }

  /** Puts what is in the write-ahead log into the file; false where it was not emptied, since somebody reads an older state. */
  checkpoint(): boolean {
    this.exec('PRAGMA busy_timeout = 0')
    const [row] = this.all('PRAGMA wal_checkpoint(TRUNCATE)')
    this.exec(`PRAGMA busy_timeout = ${LONGEST_WAIT_MS}`)
    return row?.[0] === 0
  }

  /** The same with what nobody needs in the log any more, waiting for nobody and letting others write meanwhile. */
  shortenLog(): void {
    const [row] = this.all('PRAGMA wal_checkpoint(PASSIVE)')
    // What others wrote in the meantime is little: without it, the log begins anew.
    if (row?.[1] !== row?.[2]) this.all('PRAGMA wal_checkpoint(PASSIVE)')
  }

  close(): void {
    if (this.#isClosed) return
    try {
      // A statement that is still held would keep the log beside the file.
      if (!this.#readonly) this.checkpoint()
    } catch {
      // A full disk: what is in the log stays there and counts, and who opens the file next goes on.
    } finally {
      this.#isClosed = true
      this.#statements.clear()
      this.#database.close()
    }
  }

  #opening(path: string, readonly: boolean): Database.Database {
    try {
      return new Database(readonly ? nameToRead(path) : path, { timeout: LONGEST_WAIT_MS })
    } catch (cause) {
      throw new StoreError(
        'STORE_UNREADABLE',
        `Could not open ${path}: ${(cause as Error).message}; its folder must exist and be writable`,
        { cause },
      )
    }
  }

  #begin(): boolean {
    if (this.#inWrite) return false
    // Whatever else waits for a lock waits for a moment only, and blocks; this may wait for long.
    this.exec('PRAGMA busy_timeout = 0')
    try {
      this.exec('BEGIN IMMEDIATE')
      this.#inWrite = true
      return true
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_BUSY') return false
      throw error
    } finally {
      this.exec(`PRAGMA busy_timeout = ${LONGEST_WAIT_MS}`)
    }
  }

  #commit<T>(act: () => T): T {
    try {
      const result = act()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
      throw this.#told(error)
    } finally {
      this.#inWrite = false
    }
  }

  #statement(sql: string, raw = true): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql) as unknown as Statement
    if (raw) statement.raw(true)
    if (this.#statements.size >= MOST_STATEMENTS) {
      const [oldest] = this.#statements.keys()
      this.#statements.delete(oldest ?? '')
    }
    this.#statements.set(sql, statement)
    return statement
  }

  #guarded<T>(act: () => T): T {
    if (this.#isClosed) throw new StoreError('STORE_CLOSED', 'The store is closed; open it again')
    try {
      return act()
    } catch (error) {
      throw this.#told(error)
    }
  }

  #told(error: unknown): unknown {
    if (error instanceof StoreError) return error
    const { code, rawCode = 0 } = error as { code?: string; rawCode?: number }
    if (isBusy(error)) return this.#busy()
    if (UNWRITABLE.includes(rawCode & 0xff))
      return new StoreError(
        'STORE_UNWRITABLE',
        `${this.#path} could not be written: ${(error as Error).message}; what was answered before is kept. Make room, or let this user write to the file and its folder`,
        { cause: error },
      )
    if (code?.startsWith('SQLITE_CORRUPT') || (rawCode & 0xff) === CORRUPT)
      return new StoreError(
        'STORE_CORRUPT',
        `${this.#path} is damaged (${code}); look at it with \`sqlite3 ${this.#path} "PRAGMA quick_check"\`, and index the log files into a new store`,
        { cause: error },
      )
    if (code === undefined || !code.startsWith('SQLITE')) return error
    const message =
      code === 'SQLITE_NOTADB'
        ? `${this.#path} is no store (${code}); give another path, and index the files again`
        : `SQLite answered with an error about ${this.#path}: ${(error as Error).message} (${code})`
    return new StoreError('STORE_UNREADABLE', message, { cause: error })
  }

  #busy(): StoreError {
    return new StoreError(
      'STORE_BUSY',
      `Other processes kept ${this.#path} locked for ${LONGEST_WAIT_MS / 1000} seconds; try again`,
    )
  }
}

/**
 * Who may write to the folder opens the file as a writer does, so that the last one to close it takes the files beside it
 * away; nothing is written. On a medium that takes no writes nobody else writes either, and there is no log to look at.
 */
function nameToRead(path: string): string {
  if (mayWrite(path) && mayWrite(dirname(path))) return path
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const mode = mayWrite(dirname(path)) || hasLog ? 'mode=ro' : 'immutable=1'
  return `file:${encodeURI(path).replaceAll('?', '%3f').replaceAll('#', '%23')}?${mode}`
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const CORRUPT = 11
/** SQLite's READONLY, IOERR, FULL and CANTOPEN, without what is more about them. */
const UNWRITABLE: readonly number[] = [8, 10, 13, 14]

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
}
