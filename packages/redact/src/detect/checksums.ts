/** The checksum of payment cards, over the digits of a text of digits. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (let at = digits.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    sum += luhnStep(digits.charCodeAt(at), twice)
  }
  return sum % 10 === 0
}

/** What one digit adds, given as its UTF-16 unit; every second from the right counts twice. */
export function luhnStep(unit: number, twice: boolean): number {
  const doubled = twice ? (unit - 48) * 2 : unit - 48
  return doubled > 9 ? doubled - 9 : doubled
}

// Beginnings and lengths of the networks in use: Visa, Mastercard, Maestro, American Express, Diners, JCB, Discover, UnionPay, Mir, RuPay.
const NETWORKS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^5[1-5]/, [16]],
  [/^2(?:2[2-9]|[3-6]|7[01]|720)/, [16]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|095|[689])/, [14, 15, 16, 17, 18, 19]],
  [/^35/, [16, 17, 18, 19]],
  [/^(?:1800|2131)/, [15]],
  [/^(?:5[0678]|6)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^8[12]/, [16]],
]

/** Whether digits are a payment card's number: a known beginning, its length, the checksum. */
export function isCard(digits: string): boolean {
  return (
    luhn(digits) &&
    NETWORKS.some(([begins, lengths]) => begins.test(digits) && lengths.includes(digits.length))
  )
}
