import type { AnyRecord } from '@recount/record'
import { editName, editsIn, isEdit, isRemark, subjectsOf } from '../records/erasure.ts'

/** Whose lines. */
export interface ErasedPerson {
  /** Whether they asked and were answered, or were looked up; default user. */
  readonly kind?: 'user' | 'subject' | undefined
  readonly span_ids: readonly string[]
  readonly message_ids?: readonly string[] | undefined
  readonly trace_ids?: readonly string[] | undefined
  /** What users made of their answers, as `Erasure` names it. */
  readonly edit_digests?: readonly string[] | undefined
  readonly ids?: readonly string[] | undefined
  readonly tenant?: string | undefined
}

/** What is looked for in each reading of the files, in this order. */
export type Reading = 'names' | 'traces' | 'remarks'

/** Which lines are a person's: by their id, by their spans and traces, and by their answers, as in a store. */
export class PersonLines {
  readonly #kind: 'user' | 'subject'
  readonly #tenant: string | undefined
  readonly #ids: ReadonlySet<string>
  readonly #spans: Set<string>
  readonly #messages: Set<string>
  readonly #traces: Set<string>
  readonly #edits: Set<string>
  /** Traces in which they take part, with what names nobody in them; undefined where somebody else takes part. */
  readonly #nobodys: Map<string, AnyRecord[] | undefined> = new Map()

  /** Content that their lines lead to, and content of theirs that files have, before anything goes. */
  readonly #leads: Set<string> = new Set()
  readonly #inFiles: Set<string> = new Set()
  readonly #met: Set<string> = new Set()
  readonly #told: Map<string, string> = new Map()
  /** Spans whose content went before. */
  readonly #erased: Set<string> = new Set()

  constructor(person: ErasedPerson) {
    const { kind = 'user', span_ids, message_ids, trace_ids, edit_digests, ids, tenant } = person
    this.#kind = kind
    this.#tenant = tenant
    this.#ids = new Set(ids)
    this.#spans = new Set(span_ids)
    this.#messages = new Set(message_ids)
    this.#traces = new Set(trace_ids)
    this.#edits = new Set(edit_digests)
  }

  /** Learns from a line what leads to others. */
  learn(record: AnyRecord, reading: Reading): void {
    if (reading === 'names') this.#learnNames(record)
    else if (reading === 'traces') this.#learnTrace(record)
    else if (this.has(record)) this.#learnLeads(record)
  }

  /** What is nobody's in a trace is theirs where nobody else took part. */
  endTraces(): void {
    for (const [, records = []] of this.#nobodys) for (const record of records) this.#own(record)
    this.#nobodys.clear()
  }

  /** Notes what of their content was met, and what their lines lead to; to be told of each line that goes. */
  note(record: AnyRecord): void {
    const { event, span_id = '' } = record
    if (event === 'erased') this.#erased.add(record.of_span_id ?? '')
    else if (event === 'content') this.#met.add(`${span_id} ${record.digest}`)
    else for (const { digest } of refsIn(record)) this.#told.set(`${span_id} ${digest}`, span_id)
  }

  /** How many pieces of content their lines lead to that were in no file. */
  get unmet(): number {
    return [...this.#told].filter(([name, span]) => !this.#met.has(name) && !this.#erased.has(span))
      .length
  }

  /** Whether there is content of theirs that only late lines lead to. */
  get hasEdits(): boolean {
    return this.#edits.size > 0
  }

  /** Whether their lines lead to content that no file had which could be read. */
  get leadsElsewhere(): boolean {
    return [...this.#leads].some((name) => !this.#inFiles.has(name))
  }

  /** Whether a line says by itself whose it is. */
  isNamedIn(record: AnyRecord): boolean {
    const { user_id = '' } = record
    return this.#ids.has(user_id) || subjectsOf(record).some((id) => this.#ids.has(id))
  }

  /** Whether what a line leads to is known; not of one that was written since the files were read. */
  isLearned(record: AnyRecord): boolean {
    const { span_id, trace_id, message_id } = record as {
      [name in 'span_id' | 'trace_id' | 'message_id']?: string
    }
    const isIn = (ids: ReadonlySet<string>, id: string | undefined): boolean =>
      id === undefined || ids.has(id)
    if (isRemark(record) || !this.#isOwn(record)) return true
    return (
      isIn(this.#spans, span_id) && isIn(this.#traces, trace_id) && isIn(this.#messages, message_id)
    )
  }

  has(record: AnyRecord): boolean {
    if (!this.#mayBe(record)) return false
    const { span_id = '' } = record
    return (
      this.#spans.has(span_id) ||
      this.isNamedIn(record) ||
      (isRemark(record) && this.#isAbout(record)) ||
      (isEdit(record) && this.#edits.has(editName(record)))
    )
  }

  #learnNames(record: AnyRecord): void {
    if (isRemark(record) || !this.#mayBe(record)) return
    if (this.#isOwn(record)) this.#own(record)
  }

  #isOwn(record: AnyRecord): boolean {
    const { span_id = '', user_id = '' } = record
    if (this.#spans.has(span_id) || this.#ids.has(user_id)) return true
    return this.#kind === 'subject' && subjectsOf(record).some((id) => this.#ids.has(id))
  }

  #learnTrace(record: AnyRecord): void {
    const { trace_id = '', user_id } = record
    if (isRemark(record) || !this.#traces.has(trace_id) || !this.#mayBe(record)) return
    const isOthers = user_id !== undefined && !this.#ids.has(user_id)
    if (isOthers && this.#kind === 'user') this.#nobodys.set(trace_id, undefined)
    else if (!this.#nobodys.has(trace_id)) this.#nobodys.set(trace_id, [namesOnly(record)])
    else this.#nobodys.get(trace_id)?.push(namesOnly(record))
  }

  #learnLeads(record: AnyRecord): void {
    const { event, span_id = '' } = record
    for (const edit of editsIn([record])) this.#edits.add(edit)
    if (event === 'content') this.#inFiles.add(`${span_id} ${record.digest}`)
    else for (const { digest } of refsIn(record)) this.#leads.add(`${span_id} ${digest}`)
  }

  #own(record: AnyRecord): void {
    const { span_id, trace_id, message_id } = record as {
      span_id?: string
      trace_id?: string
      message_id?: string
    }
    if (span_id !== undefined) this.#spans.add(span_id)
    if (trace_id !== undefined) this.#traces.add(trace_id)
    if (message_id !== undefined) this.#messages.add(message_id)
  }

  /** It names the span, else an answer, else the trace. */
  #isAbout(remark: AnyRecord & { message_id?: string }): boolean {
    const { span_id, message_id, trace_id = '' } = remark
    if (span_id !== undefined) return this.#spans.has(span_id)
    return message_id === undefined ? this.#traces.has(trace_id) : this.#messages.has(message_id)
  }

  /** A late line may name no tenant, and so may what somebody made of an answer. */
  #mayBe(record: AnyRecord): boolean {
    const { tenant_id } = record
    if (this.#tenant === undefined || (tenant_id ?? '') === this.#tenant) return true
    return tenant_id === undefined && (isRemark(record) || isEdit(record))
  }
}

/** Not of remarks: an edit stands in a span of its own. */
function refsIn(record: AnyRecord): readonly { readonly digest: string }[] {
  const { content } = record as { content?: unknown }
  return isRemark(record) || !Array.isArray(content) ? [] : content
}

/** What is kept of lines until it is known whose they are. */
function namesOnly(record: AnyRecord): AnyRecord {
  const { span_id, trace_id, message_id } = record as {
    span_id?: string
    trace_id?: string
    message_id?: string
  }
  return { span_id, trace_id, message_id } as unknown as AnyRecord
}
