import Database from 'libsql'

/** Makes of a store one as the first version wrote it; texts had other names then. */
export function toFirstSchema(path: string): void {
  const database = new Database(path)
  for (const table of ['spans', 'retries', 'attempts'])
    for (const what of ['added', 'changed', 'gone'])
      database.exec(`DROP TRIGGER IF EXISTS ${table}_${what}`)
  database.exec(`
    DROP TABLE call_blocks;
    ALTER TABLE spans DROP COLUMN sample_rate;
    DROP INDEX words_reversed;
    ALTER TABLE words RENAME TO words_after;
    CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO words SELECT word FROM words_after;
    DROP TABLE words_after;
    DROP TABLE pruned;
    DROP TABLE audit;
    UPDATE docs SET hash = randomblob(16);
    PRAGMA user_version = 1`)
  database.close()
}
