/** Classes of ASCII characters, as bits. */
export const DIGIT = 1
export const LETTER = 2
export const HEX = 4
/** What an address may have before its @ without quotes; the dot is among it. */
export const ADDRESS = 8
/** What a word or key is made of: letters, digits, `_` and `-`. */
export const WORD = 16
/** Where a detector looks closer. */
export const TRIGGER = 32
/** What may stand between two groups of one number. */
export const SEPARATOR = 64
/** What ends an unquoted value. */
export const VALUE_END = 128
export const ALNUM: number = DIGIT | LETTER

const CLASSES = new Uint8Array(128)
mark('0123456789', DIGIT | HEX | ADDRESS | WORD | TRIGGER)
mark('abcdefABCDEF', HEX)
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER | ADDRESS | WORD)
mark("!#$%&'*+-/=?^_`{|}~.", ADDRESS)
mark('_-', WORD)
mark('@:=_-', TRIGGER)
mark(' \t\r\n-./()', SEPARATOR)
mark('"\'`,;&)}]<>\\', VALUE_END)
for (let code = 0; code <= 32; code++) mark(String.fromCharCode(code), VALUE_END)

/** The classes of a UTF-16 unit; 0 beyond ASCII and for NaN, which stands past the end of a text. */
export function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] as number) : 0
}

/** Whether the unit at an index has one of the classes. */
export function has(text: string, index: number, classes: number): boolean {
  return (classOf(text.charCodeAt(index)) & classes) !== 0
}

/** Letters beyond ASCII that addresses are written with: Latin, Greek, Cyrillic, Hebrew, Arabic, Indic, not CJK. */
export function isForeignLetter(code: number): boolean {
  return code >= 0xc0 && code < 0x2000 && code !== 0xd7 && code !== 0xf7
}

function mark(characters: string, classes: number): void {
  for (const character of characters) {
    const code = character.charCodeAt(0)
    CLASSES[code] = (CLASSES[code] as number) | classes
  }
}
