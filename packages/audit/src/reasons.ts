/** The log's own entries that change what is believed about it: why content or entries are gone or must stay, and whose keys and streams count. They do so once they are signed. */
const REASONS: ReadonlySet<string> = new Set([
  'audit.erasure',
  'audit.hold',
  'audit.hold_release',
  'audit.key_revoke',
  'audit.key_rotate',
  'audit.prune',
  'audit.stream',
])

/** Whether an action is one of these. */
export function isReason(action: string): boolean {
  return REASONS.has(action)
}
