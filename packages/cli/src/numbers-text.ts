/** A length of time for people: `12 ms`, `1.24 s`, `3 min 5 s`, `2 h 4 min`. */
export function durationText(ms: number): string {
  // What is not nothing is not 0.
  if (ms > 0 && ms < 0.05) return ms < 0.001 ? '< 0.001 ms' : `${Number(ms.toPrecision(1))} ms`
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(2)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

/** A size for people: `812 B`, `1.2 KB`, `34.0 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let size = bytes / 1000
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${size.toFixed(1)} ${units[unit]}`
}

/** A whole number with separators. */
export function countText(count: number): string {
  // Its first use of the system's locale data takes a process longer than a small log does.
  return Number.isSafeInteger(count)
    ? String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
    : count.toLocaleString('en-US')
}

/** US dollars in fixed notation, at most nine decimals: `$0.0012`, `$0.00000016`. */
export function dollarsText(usd: number): string {
  return `$${usd.toFixed(9).replace(/\.?0+$/, '')}`
}

/** `1 line`, `2 lines`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** A moment in UTC: `2026-11-21 02:14:03.120 UTC`; what is no date is said so. */
export function momentText(ms: number | null): string {
  const date = new Date(ms ?? Number.NaN)
  if (ms === 0 || Number.isNaN(date.getTime())) return 'at an unknown time'
  return `${date.toISOString().replace('T', ' ').slice(0, -1)} UTC`
}
