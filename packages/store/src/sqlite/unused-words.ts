import type { Connection } from './connection.ts'
import { inTurn } from './turns.ts'

const STEP_WORDS = 100

/** Deletions by this process whose words were not looked at yet. */
const due: WeakMap<Connection, number> = new WeakMap()

/** Notes that texts are deleted whose words may be nowhere now, for the case that nobody comes to look; within a write. */
export function noteWords(connection: Connection): void {
  connection.run(
    "INSERT INTO meta VALUES ('words_due', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
  )
  due.set(connection, (due.get(connection) ?? 0) + 1)
}

/** Takes words that no text has any more out of the table of words. */
export async function forgetWords(
  connection: Connection,
  words: ReadonlySet<string>,
): Promise<void> {
  const list = [...words]
  for (let at = 0; at < list.length; at += STEP_WORDS) {
    const some = list.slice(at, at + STEP_WORDS)
    await inTurn(connection, () => deleteUnusedWords(connection, some))
  }
  const noted = due.get(connection) ?? 0
  due.delete(connection)
  if (noted > 0) await settle(connection, noted)
}

/** The same of all words, where a process was killed before it looked. */
export async function forgetLeftWords(
  connection: Connection,
  isEnded: () => boolean,
): Promise<void> {
  const noted = connection.number("SELECT value FROM meta WHERE key = 'words_due'")
  if (noted <= 0) return
  for (let last = ''; !isEnded(); ) {
    const words = connection
      .all('SELECT word FROM words WHERE word > ? ORDER BY word LIMIT ?', [last, STEP_WORDS])
      .map(([word]) => String(word))
    const end = words.at(-1)
    if (end === undefined) {
      await settle(connection, noted)
      return
    }
    last = end
    await inTurn(connection, () => deleteUnusedWords(connection, words))
  }
}

/** Who fills the index looks again at which words there are. */
async function settle(connection: Connection, noted: number): Promise<void> {
  await connection.writeWhenFree(() => {
    connection.run("UPDATE meta SET value = max(0, value - ?) WHERE key = 'words_due'", [noted])
    connection.run(
      "INSERT INTO meta VALUES ('forgotten', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
    )
  })
}

/** Within a write. */
function deleteUnusedWords(connection: Connection, words: readonly string[]): void {
  connection.run(
    `DELETE FROM words WHERE word IN (SELECT j.value FROM json_each(?) AS j WHERE NOT EXISTS (
      SELECT 1 FROM words_in AS w WHERE w.words_in MATCH '"' || j.value || '"'))`,
    [JSON.stringify(words)],
  )
}
