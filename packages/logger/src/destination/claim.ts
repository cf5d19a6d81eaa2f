import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { type Family, pathIn, slotName } from './file-names.ts'
import { isAlive, newOwner, OWNER_PATTERN } from './owner.ts'
import { sleep, steadyNow } from './steady-clock.ts'

const CANDIDATE_MODE = 0o600
const HELD_MODE = 0o400
/** How long a candidate waits for another one that came at the same moment. */
const RIVAL_MS = 100
const HEARTBEAT_MS = 10_000

/** The right to write a slot's file and to rename it; a small hidden file stands for it. */
export class Claim {
  readonly slot: number
  readonly #path: string
  #touched: number = steadyNow()

  constructor(slot: number, path: string) {
    this.slot = slot
    this.#path = path
  }

  /** Whether nobody has removed the claim; also shows other hosts that this process lives. */
  isHeld(): boolean {
    try {
      const now = steadyNow()
      if (now - this.#touched >= HEARTBEAT_MS) {
        this.#touched = now
        const time = new Date()
        utimesSync(this.#path, time, time)
      } else statSync(this.#path)
      return true
    } catch (error) {
      return codeOf(error) !== 'ENOENT'
    }
  }

  release(): void {
    removeFile(this.#path)
  }
}

/** Claims the first free slot. Throws the system's error where no file can be made. */
export function claimFreeSlot(family: Family): Claim {
  for (let slot = 1; ; slot++) {
    const claim = claimSlot(family, slot)
    if (claim !== undefined) return claim
  }
}

/**
 * Claims a slot; undefined when somebody has it. No lock, and no moment at which two processes have it: each makes a
 * file of its own name first and looks for others afterwards, so of two at least one sees the other.
 * If the process dies anywhere here, its file is dead, and whoever sees it deletes it: no name is used twice.
 */
export function claimSlot(family: Family, slot: number): Claim | undefined {
  const prefix = `.${slotName(family, slot)}.`
  const owner = newOwner()
  const path = pathIn(family, `${prefix}${owner}.claim`)
  createFile(path, family.folder)
  try {
    if (wins(family, prefix, owner, path)) {
      // Tells later ones that they need not wait for a decision.
      chmodSync(path, HELD_MODE)
      return new Claim(slot, path)
    }
  } catch (error) {
    removeFile(path)
    throw error
  }
  removeFile(path)
  return undefined
}

function wins(family: Family, prefix: string, owner: string, path: string): boolean {
  const deadline = steadyNow() + RIVAL_MS
  const now = statSync(path).mtimeMs
  for (;;) {
    const rivals = claimsOf(family, prefix, now).filter((claim) => claim.owner !== owner)
    if (rivals.length === 0) return true
    // Of candidates the smallest name stays; it must see the others go, because one may have looked before it came.
    if (rivals.some((rival) => rival.held || rival.owner < owner)) return false
    if (steadyNow() >= deadline) return false
    sleep(1)
  }
}

interface FoundClaim {
  readonly owner: string
  readonly held: boolean
}

/** Claims of living processes; deletes those of dead ones. */
function claimsOf(family: Family, prefix: string, now: number): FoundClaim[] {
  const pattern = new RegExp(`^${OWNER_PATTERN}$`)
  const found: FoundClaim[] = []
  for (const name of readdirSync(family.folder)) {
    if (!name.startsWith(prefix) || !name.endsWith('.claim')) continue
    const owner = name.slice(prefix.length, -'.claim'.length)
    if (!pattern.test(owner)) continue
    const path = pathIn(family, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) continue
    if (isAlive(owner, now - stat.mtimeMs)) {
      found.push({ owner, held: (stat.mode & 0o200) === 0 })
    } else removeFile(path)
  }
  return found
}

function createFile(path: string, folder: string): void {
  try {
    closeSync(openSync(path, 'wx', CANDIDATE_MODE))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    mkdirSync(folder, { recursive: true, mode: 0o750 })
    closeSync(openSync(path, 'wx', CANDIDATE_MODE))
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or the folder is: then it claims nothing either.
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
