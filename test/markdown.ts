/** A fenced code block. */
export interface Block {
  /** What stands behind the opening fence. */
  readonly language: string
  readonly code: string
  /** The line of the opening fence, from 1. */
  readonly line: number
  /** The HTML comment right above the fence, without its marks; empty without one. */
  readonly note: string
}

/** A row of a table, as its cells. */
export type Row = readonly string[]

const FENCE = /(?:^<!--((?:(?!-->)[\s\S])*)-->\n)?^```(\w*)\n([\s\S]*?)^```$/gm

/** The fenced blocks of a page, in order. */
export function codeBlocks(markdown: string): Block[] {
  return Array.from(
    markdown.matchAll(FENCE),
    ({ 0: whole, 1: note, 2: language, 3: code, index }) => {
      const fence = index + whole.indexOf('```')
      return {
        language: language ?? '',
        code: code ?? '',
        line: markdown.slice(0, fence).split('\n').length,
        note: note?.trim() ?? '',
      }
    },
  )
}

/** The page without its fenced blocks and inline code: what is prose. */
export function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
}

/** The text under each heading of a level, up to the next heading of that or a higher level. */
export function sections(markdown: string, level: number): { heading: string; text: string }[] {
  const start = new RegExp(`^${'#'.repeat(level)} (.*)$`, 'gm')
  const end = new RegExp(`^#{1,${level}} `, 'm')
  return Array.from(markdown.matchAll(start), ({ 0: whole, 1: heading, index }) => {
    const rest = markdown.slice(index + whole.length)
    const stop = rest.search(end)
    return { heading: heading ?? '', text: stop < 0 ? rest : rest.slice(0, stop) }
  })
}

/** The rows of the tables in a text, without their heads. */
export function tableRows(markdown: string): Row[] {
  const lines = markdown.split('\n')
  const head = new Set<number>()
  for (const [index, line] of lines.entries()) {
    if (/^\|(?:\s*:?-+:?\s*\|)+$/.test(line)) head.add(index).add(index - 1)
  }
  return lines
    .filter((line, index) => line.startsWith('|') && !head.has(index))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** The words in back-ticks of a text. */
export function codeWords(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, word]) => word ?? '')
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(markdown: string): Set<string> {
  const seen = new Map<string, number>()
  const found = new Set<string>()
  for (const [, text] of markdown
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.*)$/gm)) {
    const plain = (text ?? '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    found.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return found
}
