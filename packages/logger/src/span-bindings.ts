import type { Scalar } from '@recount/record'

/** Names and labels that a span and everything inside it carry; nearest wins, `metadata` is merged. */
export interface SpanBindings {
  session_id?: string
  user_id?: string
  tenant_id?: string
  request_id?: string
  workflow?: string
  agent?: string
  span_name?: string
  tags?: string[]
  /** Flat scalars, 8 KB at most. */
  metadata?: Record<string, Scalar>
  /** Purposes the user consented to. */
  consent?: string[]
}
