/** The text that is searched in a piece of content: what people read, and of other values their JSON as well. */
export function searchableText(value: unknown): string {
  return typeof value === 'string' ? value : partsOf(value).join('\n')
}

type Row = Readonly<Record<string, unknown>>

/** What names kinds of things, and is no text that anybody reads. */
const LABELS = ['type', 'role']

function partsOf(value: unknown): string[] {
  if (!isRow(value)) return valueTexts(value)
  const { role, parts, ...rest } = value
  if (!Array.isArray(parts))
    return role === undefined && !isPart(value) ? valueTexts(value) : partTexts(value)
  return [...parts.flatMap((part) => partTexts(part)), ...partTexts(rest)]
}

/** Parts of messages say what they are; what a tool was given may have any keys. */
function isPart({ type }: Row): boolean {
  return typeof type === 'string'
}

/** A part of a message: its texts; of arguments and results their JSON, too. */
function partTexts(part: unknown): string[] {
  if (!isRow(part)) return valueTexts(part)
  return Object.entries(part).flatMap(([key, value]) =>
    LABELS.includes(key) && typeof value === 'string' ? [] : valueTexts(value),
  )
}

function valueTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || value === undefined || typeof value === 'boolean') return []
  if (typeof value === 'number') return [String(value)]
  // As it stands in a log or in a reply, and as a person reads it, without escapes.
  return [JSON.stringify(value), ...leaves(value)]
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(leaves)
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
