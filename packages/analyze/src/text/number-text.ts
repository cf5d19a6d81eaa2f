/** What stands for a number that is not known. */
export const UNKNOWN = '–'

/** A count in full: `1,234`. */
export function countText(count: number): string {
  // Its first use of the system's locale data takes a process longer than a small log does.
  return Number.isSafeInteger(count)
    ? String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
    : count.toLocaleString('en-US')
}

/** `1 line`, `2 lines`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** A count in at most six characters: `9,345`, `1.23 M`. */
export function shortCount(count: number | null): string {
  if (count === null) return UNKNOWN
  if (count < 9_999.5) return countText(Math.round(count))
  const [unit, size] = count < 999_500 ? ['k', 1e3] : count < 999_500_000 ? ['M', 1e6] : ['G', 1e9]
  return `${significant(count / (size as number))} ${unit}`
}

/** A length of time: `4.2 ms`, `812 ms`, `2.41 s`, `3 min 5 s`. */
export function timeText(ms: number | null): string {
  if (ms === null) return UNKNOWN
  // What is not nothing is not 0.
  if (ms > 0 && ms < 0.05) return ms < 0.001 ? '< 0.001 ms' : `${Number(ms.toPrecision(1))} ms`
  if (ms < 999.5) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${countText(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** A share of 1: `0 %`, `0.4 %`, `12.0 %`; never 0 or 100 when it is not. */
export function shareText(share: number | null): string {
  if (share === null) return UNKNOWN
  if (share > 0 && share < 0.0005) return '< 0.1 %'
  if (share < 1 && share > 0.9995) return '> 99.9 %'
  return share === 0 || share === 1 ? `${share * 100} %` : `${(share * 100).toFixed(1)} %`
}

/** Dollars: `$12.34`, `$0.00042`, `$1,204`. */
export function moneyText(dollars: number | null): string {
  if (dollars === null) return UNKNOWN
  if (dollars === 0) return '$0'
  if (dollars >= 1000) return `$${countText(Math.round(dollars))}`
  return dollars >= 1 ? `$${dollars.toFixed(2)}` : `$${plain(Number(dollars.toPrecision(2)))}`
}

/** A size: `812 B`, `34.1 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit === 0 ? size : significant(size)} ${units[unit]}`
}

/** A moment to the minute: `2026-11-21 02:14`. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}

function significant(value: number): string {
  return plain(Number(value.toPrecision(3)))
}

/** Without an exponent. */
function plain(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 9 })
}
