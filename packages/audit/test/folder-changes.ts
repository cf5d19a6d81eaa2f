import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { changedField, pick } from './json-changes.ts'

type Random = () => number

/** Changes one thing in a folder, and says what. */
export function changeFolder(dir: string, random: Random): string {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const path = pick(paths, random)
  const isFile = lstatSync(path).isFile()
  const kind = random()
  const [what, change] =
    kind < 0.25 || !isFile
      ? pick(PLACES, random)
      : kind < 0.45
        ? pick(NAMES, random)
        : pick(TEXTS, random)
  const said = change(path, random, dir)
  return `${relative(dir, path)}: ${what}${typeof said === 'string' ? ` (${said})` : ''}`
}

type Change = readonly [string, (path: string, random: Random, dir: string) => unknown]

const remove = (path: string): void => rmSync(path, { recursive: true, force: true })

function inPlace(make: (path: string, random: Random, dir: string) => unknown): Change[1] {
  return (path, random, dir) => {
    remove(path)
    return make(path, random, dir)
  }
}

/** Something else stands there. */
const PLACES: readonly Change[] = [
  ['is gone', remove],
  ['is a pipe', inPlace((path) => spawnSync('mkfifo', [path]))],
  ['is an empty folder', inPlace((path) => mkdirSync(path))],
  [
    'is a folder with a file',
    inPlace((path) => {
      mkdirSync(path)
      writeFileSync(join(path, 'x'), 'x')
    }),
  ],
  ['is a link to itself', inPlace((path) => symlinkSync(basename(path), path))],
  ['is a link to nothing', inPlace((path) => symlinkSync('nothing', path))],
  ['is a file with nothing', inPlace((path) => writeFileSync(path, ''))],
  ['is a file with a word', inPlace((path) => writeFileSync(path, 'junk\n'))],
  [
    'is a link to what it was',
    (path, _random, dir) => {
      const aside = `${dir}.aside`
      remove(aside)
      renameSync(path, aside)
      symlinkSync(aside, path)
    },
  ],
]

const ARABIC = '٠١٢٣٤٥٦٧٨٩'

/** It stands somewhere else, or twice, or beside something. */
const NAMES: readonly Change[] = [
  ['has another number', (path, random) => moved(path, otherNumber(path, random), renameSync)],
  [
    'is there under another number too',
    (path, random) => moved(path, otherNumber(path, random), copy),
  ],
  [
    'has a number in other digits',
    (path) => {
      const name = basename(path).replaceAll(/\d/g, (digit) => ARABIC[Number(digit)] ?? digit)
      return moved(path, name, renameSync)
    },
  ],
  ['is there in other digits too', (path) => moved(path, basename(path).replace('0', '٠'), copy)],
  [
    'has a suffix',
    (path, random) => moved(path, `${basename(path)}${pick(SUFFIXES, random)}`, renameSync),
  ],
  [
    'is there with a suffix too',
    (path, random) => moved(path, `${basename(path)}${pick(SUFFIXES, random)}`, copy),
  ],
  [
    'is somewhere else',
    (path, random, dir) => moved(path, basename(path), renameSync, elsewhere(dir, random)),
  ],
  [
    'is somewhere else too',
    (path, random, dir) => moved(path, basename(path), copy, elsewhere(dir, random)),
  ],
  [
    'has a neighbour',
    (path, random, dir) => {
      const name = pick(NEIGHBOURS, random)
      const place = join(random() < 0.5 ? dirname(path) : elsewhere(dir, random), name)
      if (existsSync(place)) return 'which was there'
      mkdirSync(dirname(place), { recursive: true })
      pick(PLACES.slice(1, 8), random)[1](place, random, dir)
      return relative(dir, place)
    },
  ],
]

const SUFFIXES = ['.recovering', '.tmp', '.jsonl', '~', '.note', '.cosig']
const ZEROS = '0'.repeat(20)
const NINES = '9'.repeat(20)
const NEIGHBOURS = [
  'y',
  '.hidden',
  'app.jsonl',
  'checkpoint',
  'public.vkey',
  `${ZEROS}.jsonl`,
  `${NINES}.jsonl`,
  `${NINES}.note`,
  `${NINES}.bin`,
  `${NINES}.tsr`,
  `${ZEROS}.bin`,
  `${ZEROS}.note`,
  `${ZEROS}.cosig`,
  `${ZEROS}.jsonl.recovering`,
  'x y',
  'line\nfeed',
]

function moved(
  path: string,
  name: string,
  move: (from: string, to: string) => void,
  folder: string = dirname(path),
): string {
  const to = join(folder, name)
  if (to === path || existsSync(to)) return 'not done'
  mkdirSync(folder, { recursive: true })
  move(path, to)
  return name
}

const copy = (from: string, to: string): void => cpSync(from, to, { recursive: true })

function otherNumber(path: string, random: Random): string {
  const number = Math.floor(random() * 30)
  const digits = random() < 0.2 ? NINES : String(number).padStart(20, '0')
  return basename(path).replace(/^\d{20}/, digits)
}

function elsewhere(dir: string, random: Random): string {
  const log = existsSync(join(dir, 'log')) && random() < 0.7 ? join(dir, 'log') : dir
  const folders = [
    '',
    'checkpoints',
    'hashes',
    'anchors',
    'streams',
    'streams/s1',
    'streams/s2',
    'content',
  ]
  return join(log, pick(folders, random))
}

/** Its bytes are others. */
const TEXTS: readonly Change[] = [
  [
    'is cut',
    (path, random) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.subarray(0, Math.floor(random() * bytes.length)))
    },
  ],
  ['ends without its last byte', (path) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
  [
    'has a byte order mark',
    (path) => writeFileSync(path, Buffer.concat([Buffer.from('\ufeff'), readFileSync(path)])),
  ],
  ['ends lines as on Windows', (path) => replaced(path, '\n', '\r\n')],
  ['has junk behind it', (path, random) => appendFileSync(path, pick(JUNK, random))],
  [
    'has 70,000 bytes more',
    (path, random) => appendFileSync(path, pick(['x', '\n', 'é', '\0'], random).repeat(70_000)),
  ],
  [
    'has a line twice',
    (path, random) => lines(path, random, (all, at) => all.splice(at, 0, all[at] ?? '')),
  ],
  ['misses a line', (path, random) => lines(path, random, (all, at) => all.splice(at, 1))],
  [
    'has a line more',
    (path, random) => lines(path, random, (all, at) => all.splice(at, 0, pick(LINES, random))),
  ],
  [
    'has two lines in the other order',
    (path, random) =>
      lines(path, random, (all, at) => all.splice(at, 2, ...all.slice(at, at + 2).reverse())),
  ],
  [
    'has other digits',
    (path, random) => {
      const digit = String(Math.floor(random() * 10))
      return replaced(path, digit, ARABIC[Number(digit)] ?? '', random() < 0.5)
    },
  ],
  [
    'has another kind of space',
    (path, random) =>
      replaced(path, ' ', pick(['\u00a0', '\t', '\u2003', '\u0085', '\u007f'], random), true),
  ],
  [
    'has a number as a fraction',
    (path) => lineReplaced(path, /"(seq|v|size|first|bytes)":(\d+)/, '"$1":$2.0'),
  ],
  [
    'has a number as a text',
    (path) => lineReplaced(path, /"(seq|v|size|first|bytes)":(\d+)/, '"$1":"$2"'),
  ],
  ['has a truth for a one', (path) => lineReplaced(path, /"(seq|v)":1/, '"$1":true')],
  ['has a key twice', (path) => lineReplaced(path, /("[a-z]+":[^,{}[\]]+),/, '$1,$1,')],
  ['has another value', (path, random) => jsonLine(path, random)],
  ['has a value that is escaped', (path) => lineReplaced(path, /success/, '\\u0073uccess')],
  [
    'has another byte',
    (path, random) => {
      const bytes = readFileSync(path)
      // Of a time stamp what its signature does not cover has more than one form.
      if (bytes.length === 0 || path.endsWith('.tsr')) return 'not done'
      const at = Math.floor(random() * bytes.length)
      bytes[at] = Math.floor(random() * 256)
      writeFileSync(path, bytes)
      return `at ${at}`
    },
  ],
]

const JUNK = ['\n', ' ', '\0\0\0', 'x', '{}\n', '# a word\n', 'x+00000000+AAAA\n']
const LINES = ['', '{}', '# a word', 'null', '— x AAAA', '— a\u007fb AAAAAAAA', 'x', '{"v":1}']

function replaced(path: string, from: string, to: string, once = false): void {
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, once ? text.replace(from, to) : text.replaceAll(from, to))
}

function lineReplaced(path: string, from: RegExp, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

function lines(path: string, random: Random, change: (all: string[], at: number) => unknown): void {
  const all = readFileSync(path, 'utf8').split('\n')
  change(all, Math.floor(random() * all.length))
  writeFileSync(path, all.join('\n'))
}

function jsonLine(path: string, random: Random): string {
  const all = readFileSync(path, 'utf8').split('\n')
  const at = Math.floor(random() * all.length)
  try {
    const { changed, what } = changedField(JSON.parse(all[at] ?? ''), random)
    all[at] = JSON.stringify(changed)
    writeFileSync(path, all.join('\n'))
    return what
  } catch {
    return 'not done'
  }
}
