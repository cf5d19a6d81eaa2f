import type { EventName, FinishReason, LevelName, Status } from '@recount/record'

/**
 * A name. `*` stands for any characters; a leading `!` turns it round: what it matches is excluded.
 * @pattern ^!?[^!].*$
 */
export type Pattern = string

/**
 * A share, from 0 (none) to 1 (all).
 * @minimum 0
 * @maximum 1
 */
export type Share = number

/**
 * A moment, ISO 8601 with its offset: `2026-12-01T15:00:00Z`.
 * @pattern ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})$
 */
export type Moment = string

/**
 * A name of a rule, a redaction profile or a sink.
 * @pattern ^[A-Za-z0-9*][A-Za-z0-9*._:/ -]*$
 */
export type Name = string

/**
 * One or more bounds, all of which must hold.
 * @minProperties 1
 */
export interface Bounds {
  '>'?: number
  '>='?: number
  '<'?: number
  '<='?: number
}

/**
 * One value, or several of which one must match.
 * @minItems 1
 */
type Several<T> = T[]

/** How much of a part is kept: nothing, its keyed digest and size, or its redacted text. */
export type ContentDegree = 'none' | 'digest' | 'text'

/** The same part by part; the most exact name wins: a part, then `raw`, then `*`. Parts that are not named are `none`. */
export interface ContentByPart {
  system?: ContentDegree
  input?: ContentDegree
  tools?: ContentDegree
  tool_arguments?: ContentDegree
  tool_result?: ContentDegree
  retrieved?: ContentDegree
  upstream?: ContentDegree
  /** The wire text in both directions. */
  raw?: ContentDegree
  raw_request?: ContentDegree
  output?: ContentDegree
  raw_response?: ContentDegree
  parsed?: ContentDegree
  user_edit?: ContentDegree
  /** Uploads: type, size and digest at most. */
  files?: 'none' | 'digest'
  /** All other parts. */
  '*'?: ContentDegree
}

/** What happens to a field: it stays, its value is treated as the redaction profile says, or it is left out. */
export type FieldTreatment = 'keep' | 'treat' | 'drop'

/** What happens to fields that may tell who somebody is. */
export interface FieldSettings {
  user_id?: FieldTreatment
  /** Metadata that holds network addresses: `ip`, `client_ip`, `client.address`, … */
  ip?: FieldTreatment
  /** Metadata that holds places: `geo.*`, `country`, `city`, … */
  geography?: FieldTreatment
  /** All metadata, or by key; keys may have `*`, and the first that matches decides. */
  metadata?: FieldTreatment | { [key: string]: FieldTreatment }
}

/**
 * The share of traces that is kept. One number is for content and for child events.
 * @minProperties 1
 */
export interface SampleShares {
  /** Content. */
  content?: Share
  /** Steps, tool calls, retrievals and validations. */
  events?: Share
  /** Model calls themselves; kept lines get `sample_rate`. */
  calls?: Share
}

/** When a rule holds: every key that is given must hold. What is not known of a call matches nothing. */
export interface When {
  event?: EventName | Several<EventName>
  provider?: Pattern | Several<Pattern>
  model?: Pattern | Several<Pattern>
  tenant?: Pattern | Several<Pattern>
  user?: Pattern | Several<Pattern>
  step?: Pattern | Several<Pattern>
  prompt?: Pattern | Several<Pattern>
  environment?: Pattern | Several<Pattern>
  /** Purposes that the user must all have consented to. */
  consent?: Pattern | Several<Pattern>
  attempt?: number | Bounds
  /** Holds for this share of all traces, chosen by trace id. */
  share?: Share
  status?: Status | Several<Status>
  finish_reason?: FinishReason | Several<FinishReason>
  duration_ms?: number | Bounds
  ttft_ms?: number | Bounds
  input_tokens?: number | Bounds
  output_tokens?: number | Bounds
  /** Input and output together, as far as known. */
  tokens?: number | Bounds
  /** Share of the model's context window that was used. */
  context_share?: number | Bounds
  cost_usd?: number | Bounds
  /** Slower than the bound, or than the model's recent p95. */
  slow?: boolean
}

/** What a rule or a default can say. */
export interface Settings {
  /** Records that earn less than this level are not kept; `silent` keeps none. */
  level?: LevelName | 'silent'
  /** How much content is kept. */
  content?: ContentDegree | ContentByPart
  fields?: FieldSettings
  /** The redaction profile. Secrets are masked in every one. */
  redact?: Name
  /** Where records go, by name; `*` is every sink that is bound to no other tenant. */
  sinks?: Name[]
  sample?: Share | SampleShares
}

/** What happens where a rule holds; what it does not say is taken from `defaults`. */
export interface Then extends Settings {
  /** From then on the rule is as if it were not there. */
  until?: Moment
}

/** One rule. Without `when` it always holds. */
export interface Rule {
  /** How explanations call it; default `rules[N]`. */
  name?: Name
  when?: When
  then: Then
}

/** What holds for one tenant. */
export interface TenantSettings {
  /** The tenant's redaction profile, whatever rule decides. */
  redact?: Name
  /** The tenant's sinks, whatever rule decides. */
  sinks?: Name[]
  /** The tenant's level, where the rule that decides has none. */
  level?: LevelName | 'silent'
}

/** A sink that is bound to one tenant. */
export interface SinkBinding {
  tenant: string
}

/** A shipped policy. */
export type PresetName = 'production' | 'development' | 'strict'

/** A policy: what is kept of which records. The first rule that holds decides. */
export interface Policy {
  /** For editors. */
  $schema?: string
  /** The version of this form. */
  version: 1
  /** How it calls itself. */
  name?: string
  /** A preset whose rules follow these and whose defaults fill these up. */
  extends?: PresetName
  /** `required`: content is kept only where a call, a workflow or a flag asks for it. Default `optional`. */
  asking?: 'optional' | 'required'
  rules?: Rule[]
  /** What holds where a rule says nothing, and where no rule holds. */
  defaults?: Settings
  tenants?: { [tenant: string]: TenantSettings }
  /** Sinks that belong to one tenant; no other tenant's records are sent there. */
  sinks?: { [sink: string]: SinkBinding }
}
