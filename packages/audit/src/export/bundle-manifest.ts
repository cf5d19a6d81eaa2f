import { canonicalJson } from '../canonical.ts'
import type { ListedFile } from './bundle-file.ts'

/** A log at the size that a bundle has of it. */
export interface BundledLog {
  /** Path in the bundle. */
  readonly path: string
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** What was asked for, as it stands in the manifest and in the entry about the export. */
export interface SaidFilter {
  readonly from?: string
  readonly to?: string
  readonly tenant?: readonly string[]
  readonly actor?: readonly string[]
  readonly action?: readonly string[]
  readonly subject?: readonly string[]
}

/** What a bundle says it is: which logs, how many entries, and the hash of every file but itself and the receipt. */
export interface BundleManifest {
  readonly v: 1
  readonly kind: 'recount-audit-bundle'
  /** When it was made, ISO 8601. */
  readonly made: string
  /** Who asked for it, as in the entry about the export. */
  readonly by: string
  /** The log itself first, then its streams. */
  readonly logs: readonly BundledLog[]
  readonly filter: SaidFilter
  readonly formats: readonly string[]
  readonly preset: string | null
  /** The tree at the export before this one; null at the first. */
  readonly previous: { readonly size: number; readonly root: string } | null
  readonly disclosed: number
  readonly withheld: number
  readonly expired: number
  readonly files: readonly ListedFile[]
}

/** Where a bundle has its manifest. */
export const MANIFEST = 'manifest.json'
/** Where the log itself is in a bundle. */
export const LOG_PATH = 'log'
/** The entry about the export with its proof, and the proof that the log only grew until then. Not in the manifest, whose hash they have. */
export const RECEIPT = { entry: 'receipt/export.tlog-proof', growth: 'receipt/growth.consistency' }
/** The proof that the log only grew since the export before. */
export const GROWTH = 'previous.consistency'

/** A manifest as a text. */
export function manifestText(manifest: BundleManifest): string {
  return `${canonicalJson({ ...manifest })}\n`
}
