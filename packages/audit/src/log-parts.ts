import type { Checkpoints } from './checkpoints.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { EventContent } from './event-content.ts'
import type { HoldsInForce } from './holds-in-force.ts'
import type { Lock } from './lock.ts'
import type { CheckedOptions } from './options.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { Shipping } from './shipping.ts'

/** The parts of an open log. */
export interface LogParts {
  readonly dir: string
  readonly origin: string
  readonly options: CheckedOptions
  readonly lock: Lock
  readonly queue: CommitQueue
  readonly segments: SegmentWriter
  readonly checkpoints: Checkpoints
  readonly content: EventContent
  readonly holds: HoldsInForce
  readonly shipping: Shipping
}
