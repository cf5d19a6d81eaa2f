/** Whether a name matches patterns: at least one that includes (where there is one), and none that excludes (`!`). */
export function namePattern(patterns: readonly string[]): (name: string) => boolean {
  const included = patterns.filter((pattern) => !pattern.startsWith('!')).map(matcher)
  const excluded = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => matcher(pattern.slice(1)))
  const [only] = included
  if (excluded.length === 0 && included.length === 1 && only !== undefined) return only
  return (name) =>
    (included.length === 0 || matchesAny(included, name)) && !matchesAny(excluded, name)
}

function matchesAny(matchers: readonly ((name: string) => boolean)[], name: string): boolean {
  for (const matches of matchers) if (matches(name)) return true
  return false
}

/** Linear in the name: no regular expression, because a name may be as long as a caller likes. */
function matcher(pattern: string): (name: string) => boolean {
  const pieces = pattern.split('*')
  const start = pieces[0] ?? ''
  const end = pieces.at(-1) ?? ''
  if (pieces.length === 1) return (name) => name === pattern
  if (pieces.length === 2 && start === '' && end === '') return () => true
  const middle = pieces.slice(1, -1)
  return (name) => {
    if (name.length < start.length + end.length) return false
    if (!(name.startsWith(start) && name.endsWith(end))) return false
    let from = start.length
    for (const piece of middle) {
      const found = name.indexOf(piece, from)
      if (found === -1) return false
      from = found + piece.length
    }
    return from <= name.length - end.length
  }
}
