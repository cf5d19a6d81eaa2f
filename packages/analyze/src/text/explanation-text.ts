import type { FileExplained, Report } from '../report.ts'
import { countText, plural } from './number-text.ts'
import { cleanText, type Layout, padEnd, shorten, wrap } from './text-layout.ts'

const MAX_FILES = 20
const MAX_NAME = 40

/** What each file was taken for, and by what; empty unless it was asked for. */
export function explanationLines({ explain }: Report, layout: Layout): string[] {
  const { paint } = layout
  if (explain === undefined) return []
  const more = explain.length - MAX_FILES
  return [
    paint('bold', 'How the input was read'),
    ...explain.slice(0, MAX_FILES).flatMap((file) => fileLines(file, layout)),
    ...(more > 0 ? [paint('dim', `  and ${plural(more, 'more file')}`)] : []),
  ]
}

function fileLines(explained: FileExplained, layout: Layout): string[] {
  const { file, form, lines, joined, shapes, inferred, unreadable_values } = explained
  const { unknown, unknown_keys } = explained
  const size =
    form === 'array'
      ? `JSON array, ${plural(lines, 'element')}`
      : form === 'objects'
        ? plural(lines, 'JSON object')
        : form === 'lines'
          ? `JSON Lines, ${plural(lines, 'line')}`
          : 'empty'
  const keys = Object.keys(unknown_keys).map(nameText).join(', ')
  return [
    ...wrap(`${cleanText(file)}: ${size}`, '  ', layout),
    ...(joined === undefined
      ? []
      : wrap(
          `${plural(joined.lines, 'line')} put together again from ${plural(joined.parts, 'part')}, as a container runtime had cut them`,
          '    ',
          layout,
        )),
    ...shapes.flatMap((shape) => shapeLines(shape, layout)),
    ...inferred.flatMap((found) => inferredLines(found, layout)),
    ...unreadable_values.flatMap((found) => unreadLines(found, layout)),
    ...(unknown > 0
      ? wrap(`${countText(unknown)} of unknown shape, with the keys ${keys}`, '    ', layout)
      : []),
  ]
}

function shapeLines(
  { shape, title, records, why, fields }: FileExplained['shapes'][number],
  layout: Layout,
): string[] {
  const width = Math.max(...Object.keys(fields).map((key) => key.length), 0) + 2
  const places = Object.entries(fields).flatMap(([key, paths]) => {
    return wrap(pathsText(paths), `      ${padEnd(key, width)}`, layout)
  })
  const isSilent = shape !== 'recount' && fields.status === undefined && fields.error === undefined
  return [
    ...wrap(`${plural(records, 'record')}: ${title}, because ${why}`, '    ', layout),
    ...places,
    ...(isSilent ? wrap('no field says whether a call failed', '      ', layout) : []),
  ]
}

function inferredLines(
  { key, path, unit, why, lines }: FileExplained['inferred'][number],
  layout: Layout,
): string[] {
  const where = `(${plural(lines.count, 'value')}, lines ${lines.first} to ${lines.last})`
  const found =
    unit === null
      ? `the unit of ${nameText(path)} cannot be told, so it is not counted: ${why} ${where}. Name it with --map ${key}=${path}:UNIT`
      : `${nameText(path)} is in ${unit}: ${why} ${where}`
  return wrap(found, '    ', layout)
}

function unreadLines(
  { key, path, count, first_lines }: FileExplained['unreadable_values'][number],
  layout: Layout,
): string[] {
  const ours = key === path ? '' : `${key}, `
  const lines = `${first_lines.length === 1 ? 'line' : 'lines'} ${first_lines.join(', ')}`
  const where = `${ours}${count > first_lines.length ? 'first on' : 'on'} ${lines}`
  return wrap(
    `${plural(count, 'value')} of ${nameText(path)} not counted: they could not be read (${where})`,
    '    ',
    layout,
  )
}

/** How often only where that is not plain. */
function pathsText(paths: Readonly<Record<string, number>>): string {
  const found = Object.entries(paths)
  if (found.length === 1) return nameText(found[0]?.[0] ?? '')
  return found.map(([path, count]) => `${nameText(path)} ${countText(count)}`).join(', ')
}

function nameText(name: string): string {
  return shorten(cleanText(name), MAX_NAME)
}
