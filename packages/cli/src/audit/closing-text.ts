import type { AuditReport } from '@recount/audit'

/** The findings of a log, or of a log in a store. */
export interface Found {
  readonly result: AuditReport['result']
  readonly findings: readonly { readonly code: string; readonly severity: 'failure' | 'note' }[]
}

/** What a verification came to, in a sentence for each kind of failure; one a line. */
export function closingText({ result, findings }: Found): string {
  if (result !== 'tampered') return `${MEANINGS[result]}\n`
  const failures = findings.filter(({ severity }) => severity === 'failure')
  const codes = new Set(failures.map(({ code }) => code))
  const told = KINDS.filter((kind) => kind.codes.some((code) => codes.has(code)))
  const isOfStore = told.length > 0 && told.every((kind) => kind.isOfStore)
  const sentences = told.map(({ sentence }) => sentence)
  if (isOfStore) sentences.unshift('What was read is what its writer signed.')
  if (told.length === 0) sentences.push('Something is wrong with this log.')
  return `${sentences.join('\n')}\n`
}

const MEANINGS: Readonly<Record<Exclude<AuditReport['result'], 'tampered'>, string>> = {
  intact: 'Nothing before the anchored size was changed, removed, reordered or inserted.',
  unanchored:
    'All of it fits, but nobody outside remembers it: a cut end would not show. Give --anchor FILE.',
  incomplete: 'The log is whole, but content is missing that nobody erased.',
}

interface Kind {
  readonly codes: readonly string[]
  readonly sentence: string
  /** It is about the store, and says nothing against the log. */
  readonly isOfStore?: boolean
}

const KINDS: readonly Kind[] = [
  {
    codes: ['MODIFIED', 'GAP', 'REORDERED', 'DUPLICATE_WRITE', 'NOT_CANONICAL', 'TORN_TAIL'],
    sentence: 'This log is not what its writer signed: an entry was changed, moved or removed.',
  },
  {
    codes: ['FORK'],
    sentence: 'There is another history of this log, or something beside it that is no part of it.',
  },
  {
    codes: ['TRUNCATED'],
    sentence:
      'There is less than was signed or is remembered: a part was cut off, or this is an older copy than the one that is remembered.',
  },
  {
    codes: ['KEY', 'SIGNATURE'],
    sentence:
      'A key or a signature does not count: what it vouches for is not shown to be the work of its writer.',
  },
  {
    codes: ['CLOCK'],
    sentence: 'Times in it go back or are missing, which its writer does not write.',
  },
  { codes: ['MISSING_CONTENT'], sentence: 'Content is missing that nobody erased.' },
  {
    codes: ['DELETED', 'OVERLAID'],
    sentence: 'In the store, objects of this log were deleted, or others were laid over them.',
    isOfStore: true,
  },
  {
    codes: ['UNLOCKED'],
    sentence: 'In the store, objects of this log are not locked: they can be deleted.',
    isOfStore: true,
  },
]
