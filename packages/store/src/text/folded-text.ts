/** A text as it is compared: composed (NFC), in lower case, any white space one space. */
export function foldedText(text: string): string {
  return spacedText(text).toLowerCase()
}

/** The same in the case in which it was written: what snippets are cut from. */
export function spacedText(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ')
}
