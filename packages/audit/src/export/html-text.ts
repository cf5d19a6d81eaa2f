// Characters that are not seen, or turn the text around them.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as text of HTML, also within quotes; characters that are not seen are shown as escapes. */
export function htmlText(text: string): string {
  const seen = text.replace(UNSEEN, (char) => {
    const code = char.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${code}`
  })
  return seen.replace(/[&<>"']/g, (char) => ENTITIES[char] as string)
}

/** A number for people: 1,234,567. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** A moment for people, in UTC: 2026-11-20 12:00:00 UTC. */
export function momentText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}
