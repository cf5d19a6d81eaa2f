const DATE =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:$|(?:[Tt]|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)/
/** `20261128T210640Z`. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(?=$|[.,Zz+-])/
/** Of HTTP, e-mail and Apache, then of JavaScript's `Date` as text. */
const NAMED = [
  /^(?:[a-z]{3},?\s+)?(?<day>\d{1,2})[\s/-](?<month>[a-z]{3})[\s/-](?<year>\d{4})[\s:](?<time>\d{2}:\d{2}:\d{2})/i,
  /^[a-z]{3}\s+(?<month>[a-z]{3})\s+(?<day>\d{1,2})\s+(?<year>\d{4})\s+(?<time>\d{2}:\d{2}:\d{2})/i,
]
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Nothing, UTC, or hours and minutes from it, which may be named, too; letters alone name several zones. */
const ZONE =
  /^\s*(?:z|(?:utc|gmt)?([+-])(\d{2}):?(\d{2})?(?:\s+\(?[a-z][^)[\]]*\)?)?(?:\s+m=\S+)?|utc|gmt)?((?:\[[^\]]*\])*)$/i
const UTC_NAMES = /^(?:\[!?(?:z|utc|gmt|etc\/utc|[a-z-]+=[^\]]*)\])*$/i

/** Epoch milliseconds of a date and time in text; UTC when it names no zone. Null for anything else, a day that does not exist, and a zone that is not known. */
export function fromIso(text: string): number | null {
  const plain = withNumbers(text.trim())
  const [all, year, , month, day, hour = '00', minute = '00', second = '00', fraction = '0'] =
    DATE.exec(plain) ?? []
  if (all === undefined) return null
  const offset = minutesFromUtc(plain.slice(all.length))
  if (offset === null) return null
  const date = `${year}-${month}-${day}`
  const ms = Date.parse(
    `${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
  )
  // The engine takes the 30th of February for the 2nd of March.
  const isDay = !Number.isNaN(ms) && (hour === '24' || new Date(ms).toISOString().startsWith(date))
  return isDay ? ms - offset * 60_000 : null
}

/** A text that names the month, or has no signs, in the form of ISO 8601. */
function withNumbers(text: string): string {
  const compact = text.replace(COMPACT, '$1-$2-$3T$4:$5:$6')
  for (const form of NAMED) {
    const found = form.exec(compact)
    const { day = '', month = '', year, time } = found?.groups ?? {}
    const number = MONTHS.indexOf(month.toLowerCase()) + 1
    if (found === null || number === 0) continue
    const date = `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`
    return `${date}T${time}${compact.slice(found[0].length)}`
  }
  return compact
}

function minutesFromUtc(zone: string): number | null {
  const [all, sign, hours, minutes = '0', names = ''] = ZONE.exec(zone) ?? []
  if (all === undefined) return null
  if (hours === undefined) return all.trim() === names && !UTC_NAMES.test(names) ? null : 0
  const offset = Number(hours) * 60 + Number(minutes)
  return offset > 18 * 60 ? null : offset * (sign === '-' ? -1 : 1)
}
