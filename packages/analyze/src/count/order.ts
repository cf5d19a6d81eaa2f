/** Orders rows by a number, the largest first; of equal ones the name decides, and never in which order lines came. */
export function byNumber<Row>(
  number: (row: Row) => number,
  name: (row: Row) => unknown,
): (a: Row, b: Row) => number {
  return (a, b) =>
    number(b) - number(a) || compared(JSON.stringify(name(a)), JSON.stringify(name(b)))
}

function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
