import { ALNUM, DIGIT, has } from './characters.ts'

/** Length of an IBAN by country, from the registry of SWIFT. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
const SPACES = ' \t\r\n'

/** Where the IBAN ends that begins at an index; -1 when there is none. Spaces, hyphens and line breaks may stand in it. */
export function ibanEnd(text: string, start: number): number {
  if (!has(text, start + 3, DIGIT)) return -1
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return -1
  let compact = ''
  let at = start
  while (compact.length < length) {
    if (has(text, at, ALNUM)) compact += text.charAt(at++)
    else {
      at = separatorEnd(text, at)
      if (at === -1) return -1
    }
  }
  return !has(text, at, ALNUM) && isValid(compact.toUpperCase()) ? at : -1
}

/** One separator, or a line break with the spaces around it; -1 when something else follows. */
function separatorEnd(text: string, at: number): number {
  let end = at
  while (end < at + 8 && SPACES.includes(text.charAt(end) || '-')) end++
  if (end === at && (text.charCodeAt(at) === 45 || text.charCodeAt(at) === 46)) end++
  const broken = end - at > 1 && !/[\r\n]/.test(text.slice(at, end))
  return end === at || broken || !has(text, end, ALNUM) ? -1 : end
}

/** ISO 7064 MOD 97-10 over the text with its first four characters at the end. */
function isValid(iban: string): boolean {
  let rest = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
