import { cleanText } from '../../text/text-layout.ts'

/** HTML that is fit to be written as it is. */
export interface Markup {
  readonly markup: string
}

/** What can stand in a template: texts are escaped, markup is not, nothing is written for undefined. */
export type Part = string | number | Markup | readonly Markup[] | undefined

/** HTML with texts put in. The only way to get markup, so that no text gets by unescaped. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const written = texts.map((text, i) => text + (i < parts.length ? partText(parts[i]) : ''))
  return { markup: written.join('') }
}

/** A value as JSON for a data block, in which nothing can end the block. */
export function jsonMarkup(value: unknown): Markup {
  return { markup: JSON.stringify(value).replaceAll('<', '\\u003c') }
}

/** Code and styles of this package and its dependencies, which must not contain an end tag. */
export function sourceMarkup(source: string): Markup {
  return { markup: source }
}

function partText(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  if ('markup' in part) return part.markup
  return part.map(({ markup }) => markup).join('')
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
