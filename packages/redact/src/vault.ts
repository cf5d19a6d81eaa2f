/** Who asks for a value back. */
export interface Actor {
  readonly type: string
  readonly id: string
}

/** Keeps values behind tokens. */
export interface Vault {
  /**
   * A token of 26 letters and digits for a value; the same value of the same type and tenant has the same token. Answers
   * at once, and throws when the value could not be kept.
   */
  tokenize(value: string, type: string, tenant?: string): string
  /** The value behind a token (`<email-tok-…>` or only its last part); who asked and why is audited before it is handed out. */
  detokenize(token: string, actor: Actor, reason: string): Promise<string>
}

/** What the audit log is told; `AuditSink` of `@recount/record` takes it. */
export interface VaultAuditEvent {
  action: 'data_access'
  actor: Actor
  target: { type: 'vault_token'; id: string }
  tenant?: string
  outcome: 'success' | 'failure'
  reason: string
}

/** Where detokenizing is audited. */
export interface VaultAudit {
  append(event: VaultAuditEvent): Promise<unknown>
}
