import type { Decision, Facts } from '@recount/policy'
import type { AuditEvent, ContentPart, ContentRef, EventName, Status } from '@recount/record'
import { keyedDigest, type Plain } from '@recount/redact'
import { type AuditedAction, modelFacts, spanEvent } from './audit-join.ts'
import { roundMs } from './clock.ts'
import { prepareContent, writeContent } from './content-plane.ts'
import { type Context, runInContext } from './context.ts'
import { type Wishes, writtenDegree } from './decisions.ts'
import type { Door, Notes } from './door.ts'
import type { HeldContent } from './held-content.ts'
import { type Labels, labelsUnder } from './labels.ts'
import { type AnyPino, labelsOf } from './pino-internals.ts'
import { type Recording, safely } from './recording.ts'
import { doorsFor, notesFields, throughDoor, writeRouted } from './route.ts'
import { openSpan, type Span } from './span.ts'
import type { OpenSpanOptions } from './span-options.ts'

/** A span of ours while it is open: writes its start line, its content, and exactly one terminal line, as far as the policy keeps them. */
export class OpenSpan {
  readonly refs: ContentRef[] = []
  readonly facts: Facts
  readonly wishes: Wishes
  readonly #logger: AnyPino
  readonly #recording: Recording
  readonly #span: Span
  readonly #notes: Notes = { redactions: [], key_id: undefined }
  #decision: Decision
  #held: HeldContent | undefined
  #begun = false
  #ended = false

  /** `facts` are what is known of it besides its labels; what decides is the policy at its start, until `settle`. */
  constructor(
    logger: AnyPino,
    recording: Recording,
    options: OpenSpanOptions,
    facts: Pick<Facts, 'event'> & Partial<Facts>,
  ) {
    this.#logger = logger
    this.#recording = recording
    this.#span = openSpan(recording.clock, { ...options, bound: labelsOf(logger) })
    const { inherited, debug } = this.#span.context
    this.wishes = { call: options.content, workflow: debug }
    this.facts = {
      event: facts.event,
      trace_id: this.#span.trace_id,
      provider: facts.provider,
      model: facts.model,
      tenant: inherited.tenant_id,
      user: inherited.user_id,
      step: inherited.step,
      prompt: facts.prompt,
      environment: recording.environment,
      consent: inherited.consent,
      attempt: facts.attempt,
      level: facts.level,
    }
    this.#decision = recording.decisions.start(this.facts, this.wishes)
  }

  get trace_id(): string {
    return this.#span.trace_id
  }

  get span_id(): string {
    return this.#span.span_id
  }

  get context(): Context {
    return this.#span.context
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Milliseconds since it opened. */
  elapsed(): number {
    return roundMs(this.#recording.clock.monotonic() - this.#span.started)
  }

  run<T>(fn: () => T): T {
    return runInContext(this.#span.context, fn)
  }

  /** Whether the text of a part is kept, as far as that is decided. */
  keepsText(part: ContentPart): boolean {
    return this.#decision.content[part] === 'text'
  }

  /** Whether the text of a part could be kept if it were asked for. */
  mayKeep(part: ContentPart): boolean {
    return this.#recording.decisions.mayKeep(this.facts, part)
  }

  /** Keeps a part as the policy says now: its text, its digest, a copy in memory until the ending, or nothing. */
  keep(part: ContentPart, value: unknown): void {
    if (value === undefined) return
    const { content, held } = this.#decision
    if (content[part] !== 'none') safely(() => this.#keep(part, value))
    if (held[part] !== 'none') {
      this.#held ??= this.#recording.held.open()
      safely(() => this.#held?.hold(part, value))
    }
  }

  /** The keyed digest of a text inside a part; undefined where that part is not kept. */
  digest(part: ContentPart, text: string): string | undefined {
    if (this.#decision.content[part] === 'none') return undefined
    return safely(() => keyedDigest(this.#door().key(), this.#door().value(text).value as string))
  }

  /** The facts of something other than a model call when it ends. */
  endedFacts(level: number, status?: Status, duration_ms?: number): Facts {
    const { event, trace_id, tenant, user, step, environment, consent } = this.facts
    return { event, trace_id, tenant, user, step, environment, consent, status, duration_ms, level }
  }

  /** The ending is known: the policy decides anew, and what was held is kept or forgotten. */
  settle(facts: Facts): void {
    safely(() => {
      this.#decision = this.#recording.decisions.end(facts, this.wishes)
      if (this.#held === undefined) return
      for (const [part, value] of this.#held.take())
        if (this.#decision.content[part] !== 'none') safely(() => this.#keep(part, value))
    })
  }

  /** The start line, where the policy writes one. */
  begin(event: EventName, level: number, ...fields: object[]): void {
    safely(() => {
      const { keep } = this.#decision
      if (!keep || !this.#recording.decisions.keepsStart(this.facts, event, level)) return
      this.#begun = true
      this.#write(this.#ids(event), level, event, fields)
    })
  }

  /** A line that stands in this span but ends nothing; decided when the span was settled. */
  write(event: EventName, level: number, ...fields: object[]): void {
    safely(() => {
      if (!this.#decision.keep) return
      this.#write(this.#ids(event), level, event, [...fields, this.#keptRefs()], this.#notes)
    })
  }

  /** A line about what its fields name, which is not this span. */
  writeLoosely(event: EventName, level: number, fields: object): void {
    safely(() => {
      if (!this.#decision.keep) return
      this.#write({ recount: 1, event }, level, event, [fields, this.#keptRefs()], this.#notes)
    })
  }

  /** The terminal line, in groups of fields that share no key; false when there was one already. */
  finish(event: EventName, level: number, duration_ms: number, ...fields: object[]): boolean {
    if (this.#ended) return false
    this.#ended = true
    safely(() => {
      // Whoever saw the start line waits for the end.
      if (!this.#decision.keep && !this.#begun) return
      const times = { start_time: this.#span.start_time, duration_ms }
      const own = { ...this.#ids(event), ...times }
      this.#write(own, level, event, [...fields, this.#keptRefs()], this.#notes)
    })
    return true
  }

  /** Proves the ending where there is an audit log, whatever the policy keeps of it. What it says passes the door. */
  audit(
    action: AuditedAction,
    type: string,
    target: string,
    status: Status,
    fields: readonly object[] = [],
  ): void {
    const { audit, service } = this.#recording
    if (audit === undefined) return
    safely(() => {
      const { trace_id, span_id } = this
      const { user_id, tenant_id: tenant } = this.#labels().fields
      const said = this.clean(...fields, { target }) as { target: string }
      const span = { trace_id, span_id, tenant, user_id, service }
      const event = spanEvent(span, action, { type, id: said.target }, status)
      const llm = fields.length === 0 ? {} : { llm: modelFacts({ ...said }) }
      audit.append({ ...event, ...llm } as AuditEvent, this.#recording.processLog(this))
    })
  }

  /** Groups of fields for somebody else than a line: they pass the same door. */
  clean(...fields: readonly object[]): object {
    const notes: Notes = { redactions: [], key_id: undefined }
    return Object.assign({}, ...throughDoor(this.#door(), fields, notes))
  }

  /** A value of the caller's for somebody else than a line. */
  cleanValue(value: unknown): Plain {
    return this.#door().value(value).value
  }

  /** The user's id as the policy lets it out. */
  get user_id(): string | undefined {
    return this.#labels().fields.user_id
  }

  #keep(part: ContentPart, value: unknown): void {
    const { decisions, contentBudget, contentFiles, writing, sinks } = this.#recording
    const notes: Notes = { redactions: [], key_id: undefined }
    const prepared = prepareContent(this.#door(), part, value, contentBudget, notes)
    // A digest that was kept at the start and a text that the ending opened are one.
    if (!this.refs.some((ref) => ref.part === part && ref.digest === prepared.ref.digest)) {
      this.refs.push(prepared.ref)
      this.#notes.redactions.push(...notes.redactions)
      this.#notes.key_id ??= notes.key_id
    }
    if (writtenDegree(part, this.#decision.content[part]) !== 'text') return
    const target = {
      logger: this.#logger,
      place: decisions.place,
      main: sinks.main(this.#decision),
      sinks: sinks.reached(this.#decision),
    }
    const { session_id, user_id, tenant_id } = this.#labels().fields
    const fields = { ...this.#ids('content'), session_id, user_id, tenant_id }
    writeContent(writing, contentFiles, target, fields, prepared)
  }

  #keptRefs(): object | undefined {
    return this.refs.length === 0 ? undefined : { content: this.refs }
  }

  #door(): Door {
    return this.#recording.profiles.door(this.#decision.redact, this.facts.tenant)
  }

  #labels(): Labels {
    const doors = doorsFor(this.#recording, this.#decision, this.facts.tenant)
    return labelsUnder(this.context.inherited, this.#decision, doors)
  }

  #ids(event: EventName): object {
    const { trace_id, span_id, parent_span_id } = this.#span
    return { recount: 1, event, trace_id, span_id, parent_span_id }
  }

  #write(
    own: object,
    level: number,
    event: EventName,
    fields: readonly (object | undefined)[],
    kept?: Notes,
  ): void {
    const notes: Notes = { redactions: [], key_id: undefined }
    const labels = this.#labels()
    const clean = throughDoor(this.#door(), fields, notes)
    const said = notesFields(labels.notes, notes, ...(kept === undefined ? [] : [kept]))
    const { sample_rate } = this.#decision
    const rate = sample_rate === undefined ? undefined : { sample_rate }
    const groups = [own, labels.fields, ...clean, said, rate]
    writeRouted(this.#recording, this.#logger, this.#decision, level, groups, event)
  }
}
