/** What journald, syslog, pm2, docker compose, container runtimes and mail put before every line. */
const PREFIXES: readonly RegExp[] = [
  /^\d{1,4}\|[^|\n]{1,60}\| ?(?:\d{4}-\d\d-\d\d[T ][\d:.]{5,15}(?:Z| ?[+-]\d\d:?\d\d)?: ?)?/gm,
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,80} [\w./@-]{1,80}(?:\[\d{1,9}\])?: ?/gm,
  /^\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d) [\w.-]{1,80} [\w./@-]{1,80}\[\d{1,9}\]: ?/gm,
  /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d) (?:stdout|stderr) [FP] /gm,
  /^[a-z][\w.-]{0,60} {1,20}\| /gm,
  /^\d{4}-\d\d-\d\dT[\d:.]{8,20}Z (?:##\[error\])?/gm,
  /^\[pod\/[\w./-]{1,160}\] /gm,
  /^> ?/gm,
]

/** How they begin; most texts do not, and are passed at a glance. */
const LIKELY =
  /^(?:\d{1,4}\||[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-|[a-z][\w.-]{0,60} {1,20}\||\[pod\/|>)/

/** Colours of a terminal, also where the escape was written out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins with one
const COLOURS = /(?:\x1b|\\u001b|\\x1b|\\e)\[[\d;]{0,20}m/gi

/** A text without the colours of a terminal. */
export function withoutColours(text: string): string {
  return text.includes('[') ? text.replace(COLOURS, '') : text
}

/** A text without what loggers of processes put before each of its lines. */
export function withoutPrefixes(text: string): string {
  if (!LIKELY.test(text)) return text
  for (const prefix of PREFIXES) {
    prefix.lastIndex = 0
    if (prefix.exec(text)?.index === 0) return text.replace(prefix, '')
  }
  return text
}

/** Whether a line begins an entry of such a log. */
export function beginsEntry(line: string): boolean {
  return PREFIXES.some((prefix) => {
    prefix.lastIndex = 0
    return prefix.exec(line)?.index === 0
  })
}
