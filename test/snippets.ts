import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Block, codeBlocks } from './markdown.ts'
import { ROOT, readText } from './repository.ts'

// Inside this workspace, so that imports find the workspace's packages; in dist, so that git does not see it.
const FOLDER = `${ROOT}test/dist/snippets`

/** A code block of a page, and the file it was written to. */
export interface Snippet extends Block {
  readonly page: string
  /** Name of its file without the extension; tells page and line. */
  readonly file: string
}

/**
 * The code blocks of the pages. A note above a block says more about it: `given: …` is code that the reader has already,
 * `run` has the block run (`run, given: …` is both), `prints` compares the block with what the last run printed.
 */
export function snippetsOf(pages: readonly string[]): Snippet[] {
  return pages.flatMap((page) =>
    codeBlocks(readText(page)).map((block) => ({
      ...block,
      page,
      file: `${page.replaceAll(/[^\w]+/g, '-').toLowerCase()}-line-${block.line}`,
    })),
  )
}

/** Compiles all TypeScript blocks in one run, and returns what the compiler said, by the block's file. */
export function compile(snippets: readonly Snippet[]): Map<string, string[]> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const { file, note, code } of snippets) {
    const given = /given:([\s\S]*)$/.exec(note)?.[1] ?? ''
    writeFileSync(`${FOLDER}/${file}.ts`, `${given.trim()}\n${code}\nexport {}\n`)
  }
  writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify(TSCONFIG))
  const tsc = [`${ROOT}node_modules/typescript/bin/tsc`, '--pretty', 'false', '-p', FOLDER]
  const { stdout, status } = spawnSync(process.execPath, tsc, { cwd: FOLDER, encoding: 'utf8' })
  const said = new Map<string, string[]>()
  for (const line of stdout.split('\n')) {
    const file = /^([\w-]+)\.ts\(/.exec(line)?.[1]
    if (file !== undefined) said.set(file, [...(said.get(file) ?? []), line])
  }
  if (status !== 0 && said.size === 0) throw new Error(`tsc ended with ${status}: ${stdout}`)
  return said
}

/** Runs the blocks of a page that are marked so, in order, in one new folder; returns what each printed. */
export function run(snippets: readonly Snippet[]): Map<Snippet, string> {
  const cwd = mkdtempSync(join(tmpdir(), 'recount-snippets-'))
  const path = `${ROOT}node_modules/.bin${delimiter}${process.env.PATH ?? ''}`
  const env = { PATH: path, HOME: cwd, NO_COLOR: '1' }
  const options = { cwd, env, encoding: 'utf8', stdio: 'pipe' } as const
  try {
    return new Map(
      snippets.map((snippet) => [
        snippet,
        snippet.language === 'sh'
          ? execFileSync('sh', ['-euc', snippet.code], options)
          : execFileSync(process.execPath, [`${FOLDER}/out/${snippet.file}.js`], options),
      ]),
    )
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** A text with what differs between two runs put out of the way: ids, numbers, units of
 * time, the host, the width of columns. */
export function masked(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b/g, 'ID')
    .replaceAll(/"hostname":"[^"]*"/g, '"hostname":"HOST"')
    .replaceAll(/\d+(?:\.\d+)?/g, 'N')
    .replaceAll(/N (?:ms|s)\b/g, 'N TIME')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/[─-▟]+/g, '-')
    .trim()
}

const TSCONFIG = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    outDir: `${FOLDER}/out`,
    noEmitOnError: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
  },
  include: ['*.ts'],
}
