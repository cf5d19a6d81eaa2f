import { basename, dirname, extname, join } from 'node:path'

/** All files that belong to one path: those being written, one a process, and those rotated away. */
export interface Family {
  readonly folder: string
  /** `app` of `app.jsonl`. */
  readonly stem: string
  /** `.jsonl`; empty for `app.gz`, whose stem is `app.gz`: rotated names end in `.gz` only when they are compressed. */
  readonly extension: string
}

/** A file's name, taken apart. */
export interface FamilyName {
  /** 1: the path itself. Other processes that write at the same time have 2, 3, … */
  readonly slot: number
  /** Set on rotated files: the UTC day of their lines, and a number from 1. */
  readonly rotated: { readonly day: string; readonly number: number } | undefined
  readonly compressed: boolean
}

const COMPRESSED = '.gz'

export function familyOf(path: string): Family {
  const last = extname(path)
  const extension = last === COMPRESSED ? '' : last
  return { folder: dirname(path), stem: basename(path, extension), extension }
}

/** `app.jsonl`, `app.w2.jsonl`, …: where the process that holds this slot writes. */
export function slotName(family: Family, slot: number): string {
  return `${slotStem(family, slot)}${family.extension}`
}

/** `app.2026-11-21.1.jsonl`, `app.w2.2026-11-21.1.jsonl`, … */
export function rotatedName(family: Family, slot: number, day: string, number: number): string {
  return `${slotStem(family, slot)}.${day}.${number}${family.extension}`
}

/** The full path of a file of the family. */
export function pathIn(family: Family, name: string): string {
  return join(family.folder, name)
}

/** What a file name says; undefined when it belongs to something else. */
export function parseName(family: Family, name: string): FamilyName | undefined {
  return (
    parsePlainName(family, name, false) ??
    (name.endsWith(COMPRESSED)
      ? parsePlainName(family, name.slice(0, -COMPRESSED.length), true)
      : undefined)
  )
}

function parsePlainName(
  { stem, extension }: Family,
  name: string,
  compressed: boolean,
): FamilyName | undefined {
  if (!name.startsWith(stem) || !name.endsWith(extension)) return undefined
  if (name.length < stem.length + extension.length) return undefined
  const middle = name.slice(stem.length, name.length - extension.length)
  // Numbers of at most 15 digits, because larger ones are not exact.
  const match = /^(?:\.w([1-9]\d{0,14}))?(?:\.(\d{4}-\d\d-\d\d)\.([1-9]\d{0,14}))?$/.exec(middle)
  if (match === null) return undefined
  const [, slot, day, number] = match
  const rotated = day === undefined ? undefined : { day, number: Number(number) }
  return { slot: slot === undefined ? 1 : Number(slot), rotated, compressed }
}

const DAY_MS = 86_400_000

/** The UTC day of a time, as `2026-11-21`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** When the UTC day after this time begins. */
export function nextMidnight(time: number): number {
  return (Math.floor(time / DAY_MS) + 1) * DAY_MS
}

function slotStem(family: Family, slot: number): string {
  return slot === 1 ? family.stem : `${family.stem}.w${slot}`
}
