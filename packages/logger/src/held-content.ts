import type { ContentPart } from '@recount/record'
import { type Plain, toPlain } from '@recount/redact'

/** Content of one call that only its ending can open, in memory until then; lost when the process is killed before. */
export interface HeldContent {
  /** Keeps a copy. */
  hold(part: ContentPart, value: unknown): void
  /** Gives what is held, once. */
  take(): ReadonlyMap<ContentPart, Plain>
}

/** Memory for held content, shared by all calls of a logger. */
export interface HeldMemory {
  open(): HeldContent
  /** Calls whose content had to go before they ended. */
  readonly evicted: number
}

/** UTF-16 units of texts and keys; with what is around them a few times as many bytes. */
const HELD_UNITS = 16 * 1024 * 1024

interface Holder {
  readonly parts: Map<ContentPart, Plain>
  units: number
}

/** Memory for so many units of content. When it is full, the content of the oldest calls goes: they may never end. */
export function createHeldMemory(most: number = HELD_UNITS): HeldMemory {
  const holders = new Set<Holder>()
  let used = 0
  let evicted = 0

  function free(holder: Holder): void {
    holders.delete(holder)
    used -= holder.units
    holder.units = 0
  }

  return {
    get evicted() {
      return evicted
    },
    open() {
      const holder: Holder = { parts: new Map(), units: 0 }
      return {
        hold(part, value) {
          const copy = toPlain(value)
          const units = unitsOf(copy)
          holder.parts.set(part, copy)
          holder.units += units
          used += units
          holders.add(holder)
          for (const oldest of holders) {
            if (used <= most) break
            free(oldest)
            oldest.parts.clear()
            evicted += 1
          }
        },
        take() {
          free(holder)
          const taken = new Map(holder.parts)
          holder.parts.clear()
          return taken
        },
      }
    },
  }
}

function unitsOf(value: Plain): number {
  if (typeof value === 'string') return value.length + 16
  if (typeof value !== 'object' || value === null) return 16
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + unitsOf(item), 16)
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + unitsOf(item), 16)
}
