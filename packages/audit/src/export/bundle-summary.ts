import type { AuditEntry } from '../entry.ts'

/** How often something is there, by name; beyond a bound of different names the rest is counted together. */
export class Counts {
  readonly #counts = new Map<string, number>()
  readonly #most: number
  /** Of names that came when the bound was reached. */
  others = 0

  constructor(most: number = MOST_NAMES) {
    this.#most = most
  }

  add(name: string): void {
    const count = this.#counts.get(name)
    if (count === undefined && this.#counts.size >= this.#most) this.others += 1
    else this.#counts.set(name, (count ?? 0) + 1)
  }

  /** Names counted apart. */
  get size(): number {
    return this.#counts.size
  }

  /** The most frequent first, those of one count by name. */
  top(most: number): [string, number][] {
    return [...this.#counts]
      .sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
      .slice(0, most)
  }
}

/** What a report says about one of the log's own entries. */
export interface Incident {
  readonly seq: number
  readonly ts: string
  readonly log: string
  readonly action: string
  readonly reason: string
  readonly detail: string
}

/** A list that is kept up to a bound, and counted beyond. */
export class Incidents {
  readonly list: Incident[] = []
  count = 0

  add(incident: Incident): void {
    this.count += 1
    if (this.list.length < MOST_INCIDENTS) this.list.push(incident)
  }
}

/** Different names for which counts are kept. */
const MOST_NAMES = 10_000
const MOST_INCIDENTS = 200

/** What a bundle holds, counted while it is written. Of withheld entries it knows how many there are. */
export class BundleSummary {
  disclosed = 0
  withheld = 0
  expired = 0
  /** Checkpoints with a time stamp, and with cosignatures of witnesses. */
  stamps = 0
  cosigned = 0
  first: string | undefined
  last: string | undefined
  readonly actions: Counts = new Counts()
  readonly actors: Counts = new Counts()
  readonly outcomes: Counts = new Counts()
  readonly erasures: Incidents = new Incidents()
  readonly holds: Incidents = new Incidents()
  /** Refused appends, crashes, clocks that were set back, unclean ends, invalid events. */
  readonly gaps: Incidents = new Incidents()
  readonly keys: Incidents = new Incidents()
  readonly expiries: Incidents = new Incidents()
  readonly exports: Incidents = new Incidents()
  /** Appends that were refused, as the log says. */
  refused = 0

  /** Takes an entry that is shown. */
  add(entry: AuditEntry): void {
    this.disclosed += 1
    if (this.first === undefined || entry.ts < this.first) this.first = entry.ts
    if (this.last === undefined || entry.ts > this.last) this.last = entry.ts
    this.actions.add(entry.action)
    this.outcomes.add(entry.outcome)
    this.actors.add(`${entry.actor?.type} ${entry.actor?.id}`)
    if (entry.action.startsWith('audit.')) this.#addOwn(entry)
  }

  #addOwn(entry: AuditEntry): void {
    const { action, sys = {}, subject } = entry
    const about = subject === undefined ? '' : `of ${subject}`
    switch (action) {
      case 'audit.erasure':
        this.erasures.add(incident(entry, `${about} ${requestOf(sys.request)}`.trim()))
        break
      case 'audit.hold':
      case 'audit.hold_release':
        this.holds.add(incident(entry, about || 'the whole log'))
        break
      case 'audit.gap':
        this.refused += typeof sys.count === 'number' ? sys.count : 0
        this.gaps.add(incident(entry, `${sys.count} appends were refused: ${sys.cause}`))
        break
      case 'audit.recovered':
        this.gaps.add(incident(entry, `${sys.bytes} bytes that a crash cut were set aside`))
        break
      case 'audit.clock':
        this.gaps.add(incident(entry, `the clock was set back by ${sys.delta_ms} ms`))
        break
      case 'audit.open':
        if (sys.unclean === true) this.gaps.add(incident(entry, uncleanOf(entry)))
        break
      case 'audit.invalid_event':
        this.gaps.add(incident(entry, 'an event broke the schema and was refused'))
        break
      case 'audit.key_rotate':
      case 'audit.key_revoke':
        this.keys.add(incident(entry, String(sys.new ?? sys.key)))
        break
      case 'audit.prune':
        this.expiries.add(incident(entry, `entries ${sys.first} to ${sys.last}`))
        break
      case 'audit.export':
        this.exports.add(incident(entry, `${sys.disclosed} entries shown`))
        break
    }
  }
}

function uncleanOf({ seq, sys = {} }: AuditEntry): string {
  const { signed } = sys
  const isLate = typeof signed === 'number' && signed < seq
  const late = isLate ? `; entries ${signed} to ${seq - 1} were signed only after this` : ''
  return `the writer before did not close${late}`
}

function incident(entry: AuditEntry, detail: string): Incident {
  const { seq, ts, log, action, reason } = entry
  const why = typeof reason === 'string' ? reason : (reason?.text ?? reason?.code ?? '')
  return { seq, ts, log, action, reason: why, detail }
}

function requestOf(request: unknown): string {
  return typeof request === 'string' ? `under request ${request}` : ''
}
