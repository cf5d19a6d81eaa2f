import { randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { repeatingSql } from './attempts.ts'
import { BLOCK_BITS } from './call-block.ts'
import type { Connection } from './connection.ts'
import { nameDocsByPieces } from './doc-names.ts'
import { SPAN_TABLE } from './span-table.ts'

/** Columns of an attempt that tell of those that repeat it. */
const ATTEMPT =
  'span_id, tenant, event, rank, status, start_time, cost_usd, input_tokens, output_tokens, retry_of'

/** Each step takes a database from one version to the next; a step that was published never changes. */
const STEPS: readonly (string | ((connection: Connection) => void))[] = [
  `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

${SPAN_TABLE}
CREATE UNIQUE INDEX spans_ids ON spans (trace_id, span_id, tenant);
CREATE INDEX spans_span ON spans (span_id);
CREATE INDEX spans_start ON spans (start_time);
CREATE INDEX spans_tenant ON spans (tenant, start_time) WHERE tenant <> '';
CREATE INDEX spans_user ON spans (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX spans_session ON spans (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX spans_workflow ON spans (workflow, start_time) WHERE workflow IS NOT NULL;
CREATE INDEX spans_message ON spans (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX spans_retry ON spans (retry_of) WHERE retry_of IS NOT NULL;

-- Metadata lines of a span, without what stands in the span's columns.
CREATE TABLE lines (
  span INTEGER NOT NULL, slot TEXT NOT NULL, sum TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (span, slot)
) WITHOUT ROWID;

-- Lines that may stand outside a trace. They are joined when a trace is read, since they may come before it.
CREATE TABLE late (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL, tenant TEXT NOT NULL, event TEXT NOT NULL, time REAL NOT NULL,
  trace_id BLOB, span_id BLOB, message_id TEXT, user_id TEXT, action TEXT, json TEXT NOT NULL
);
CREATE UNIQUE INDEX late_hash ON late (hash, tenant);
CREATE INDEX late_trace ON late (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX late_span ON late (span_id) WHERE span_id IS NOT NULL;
CREATE INDEX late_message ON late (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX late_user ON late (user_id) WHERE user_id IS NOT NULL;

-- What was said, once for each tenant that said it: \`hash\` is keyed and has the tenant in it.
CREATE TABLE pieces (id INTEGER PRIMARY KEY, hash BLOB NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX pieces_hash ON pieces (hash);
CREATE TABLE docs (
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL, digest BLOB, bytes INTEGER NOT NULL,
  truncated INTEGER NOT NULL, is_list INTEGER NOT NULL, pieces TEXT NOT NULL
);
CREATE UNIQUE INDEX docs_hash ON docs (hash);
CREATE INDEX docs_digest ON docs (digest) WHERE digest IS NOT NULL;
CREATE TABLE doc_pieces (piece INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (piece, doc)) WITHOUT ROWID;

-- Who says it: a span, or, as a negative number, a late line.
CREATE TABLE contents (
  owner INTEGER NOT NULL, part TEXT NOT NULL, doc INTEGER NOT NULL, time REAL NOT NULL,
  PRIMARY KEY (owner, part, doc)
) WITHOUT ROWID;
CREATE INDEX contents_doc ON contents (doc);

-- What a call was asked: the piece, and a hash of its words.
CREATE TABLE queries (span INTEGER PRIMARY KEY, piece INTEGER NOT NULL, hash BLOB NOT NULL);
CREATE INDEX queries_hash ON queries (hash);
CREATE INDEX queries_piece ON queries (piece);

CREATE VIRTUAL TABLE words_in USING fts5 (text, content = '', tokenize = 'ascii');
CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE tombstones (name BLOB PRIMARY KEY, time REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE floors (scope TEXT, content_only INTEGER NOT NULL, before REAL NOT NULL);
CREATE TABLE positions (name TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
`,
  `
-- Spans of which all, or the content, was pruned by a rule that a line of theirs may not tell, or while they ran.
CREATE TABLE pruned (
  span_id BLOB NOT NULL, tenant TEXT NOT NULL, content_only INTEGER NOT NULL,
  PRIMARY KEY (span_id, tenant, content_only)
) WITHOUT ROWID;

-- Entries of audit logs.
CREATE TABLE audit (
  log TEXT NOT NULL, seq INTEGER NOT NULL, tenant TEXT NOT NULL, time REAL NOT NULL, trace_id BLOB, json TEXT NOT NULL,
  PRIMARY KEY (log, seq)
) WITHOUT ROWID;
CREATE INDEX audit_trace ON audit (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX audit_time ON audit (time);
`,
  `
-- Words of the index, forward and backward. Texts in pieces may be deflated (BLOB) from here on.
ALTER TABLE words RENAME TO words_before;
CREATE TABLE words (word TEXT PRIMARY KEY, reversed TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO words SELECT word, (
  WITH RECURSIVE letters (at, text) AS (
    SELECT length(word), '' UNION ALL SELECT at - 1, text || substr(word, at, 1) FROM letters WHERE at > 0)
  SELECT text FROM letters WHERE at = 0) FROM words_before;
DROP TABLE words_before;
CREATE INDEX words_reversed ON words (reversed);
  `,
  // What is counted of calls, column by column; whatever changes a span takes away the block that tells of it.
  `
CREATE TABLE call_blocks (block INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TRIGGER spans_added AFTER INSERT ON spans BEGIN
  DELETE FROM call_blocks WHERE block = new.id >> ${BLOCK_BITS};
END;
CREATE TRIGGER spans_changed AFTER UPDATE ON spans BEGIN
  DELETE FROM call_blocks WHERE block = new.id >> ${BLOCK_BITS};
END;
CREATE TRIGGER spans_gone AFTER DELETE ON spans BEGIN
  DELETE FROM call_blocks WHERE block = old.id >> ${BLOCK_BITS};
END;
CREATE TRIGGER retries_added AFTER INSERT ON spans WHEN new.retry_of IS NOT NULL BEGIN
  DELETE FROM call_blocks WHERE block IN (SELECT id >> ${BLOCK_BITS} FROM spans WHERE span_id = new.retry_of);
END;
CREATE TRIGGER retries_changed AFTER UPDATE OF retry_of, event, tenant ON spans BEGIN
  DELETE FROM call_blocks WHERE block IN
    (SELECT id >> ${BLOCK_BITS} FROM spans WHERE span_id IN (old.retry_of, new.retry_of));
END;
CREATE TRIGGER retries_gone AFTER DELETE ON spans WHEN old.retry_of IS NOT NULL BEGIN
  DELETE FROM call_blocks WHERE block IN (SELECT id >> ${BLOCK_BITS} FROM spans WHERE span_id = old.retry_of);
END;
`,
  // A sampled call stands for several; blocks say for how many. Rows are added in one place, which takes blocks away by
  // itself: a trigger makes SQLite copy what is inserted.
  `
DROP TRIGGER spans_added;
DROP TRIGGER retries_added;
DELETE FROM call_blocks;
ALTER TABLE spans ADD COLUMN sample_rate NUMERIC;
UPDATE spans SET sample_rate = (SELECT json ->> 'sample_rate' FROM lines WHERE span = spans.id AND slot = 'llm_call')
  WHERE id IN (SELECT span FROM lines WHERE slot = 'llm_call' AND json LIKE '%"sample_rate"%');
`,
  nameDocsByPieces,
  // Blocks say how long a call took with its failed attempts, and whether one is of unknown cost: whatever changes one
  // takes away the blocks of those that repeat it.
  `
DELETE FROM call_blocks;
CREATE TRIGGER attempts_changed AFTER UPDATE OF ${ATTEMPT} ON spans WHEN old.event = 'llm_call' BEGIN
  DELETE FROM call_blocks WHERE block IN (SELECT id >> ${BLOCK_BITS} FROM (${repeatingSql('SELECT old.span_id AS span_id')}));
END;
CREATE TRIGGER attempts_gone AFTER DELETE ON spans
  WHEN old.event = 'llm_call' AND old.status <> 'ok' BEGIN
  DELETE FROM call_blocks WHERE block IN (SELECT id >> ${BLOCK_BITS} FROM (${repeatingSql('SELECT old.span_id AS span_id')}));
END;
`,
]

/** The version of the schema that this code writes. */
export const SCHEMA_VERSION: number = STEPS.length

/** What makes a file one of ours; "RCNT" in ASCII. */
const APPLICATION_ID = 0x52434e54

/** Brings a database to this version, in one step. Throws `STORE_NEWER` for one of a later version, `STORE_UNREADABLE` for what is none of ours. */
export function migrate(connection: Connection, path: string, multiTenant: boolean): void {
  let version = versionOf(connection, path)
  if (version === SCHEMA_VERSION) return
  connection.write(() => {
    // Another process may have been first.
    version = versionOf(connection, path)
    for (const step of STEPS.slice(version))
      if (typeof step === 'string') connection.exec(step)
      else step(connection)
    if (version === 0) {
      connection.run('INSERT INTO meta VALUES (?, ?), (?, ?), (?, ?)', [
        ...['key', randomBytes(32).toString('hex')],
        ...['multi_tenant', multiTenant ? 1 : 0],
        ...['counters', '{}'],
      ])
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    }
    connection.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}

/** The version of a database, 0 for an empty one; the same errors. */
export function versionOf(connection: Connection, path: string): number {
  const version = connection.number('PRAGMA user_version')
  const application = connection.number('PRAGMA application_id')
  const tables = connection.number('SELECT count(*) FROM sqlite_master')
  if (tables > 0 && application !== APPLICATION_ID)
    throw new StoreError(
      'STORE_UNREADABLE',
      `${path} is a database of something else; give the path of a store, or of a file that does not exist yet`,
    )
  if (version > SCHEMA_VERSION)
    throw new StoreError(
      'STORE_NEWER',
      `${path} was written by a later version (its schema is ${version}, this version knows ${SCHEMA_VERSION}); use that version, or index the files again into a new store`,
    )
  return version
}
