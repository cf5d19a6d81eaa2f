import { basename, dirname, relative, sep } from 'node:path'

/** How this command was called, so that what is printed can be pasted: `recount`, `npx recount`, `node path/to/recount.js`. */
export function commandName(
  script: string = process.argv[1] ?? '',
  cwd: string = process.cwd(),
): string {
  if (basename(script).startsWith('recount') && !script.endsWith('.js'))
    return basename(dirname(script)) === '.bin' ? 'npx recount' : 'recount'
  return `node ${quoted(nearPath(script, cwd))}`
}

/** A path as one types it here: relative inside the current folder, else as it is. */
export function nearPath(path: string, cwd: string = process.cwd()): string {
  const near = relative(cwd, path)
  return near === '' || near.startsWith(`..${sep}`) || near === '..' ? path : near
}

/** A word for a POSIX shell; quoted only when it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
