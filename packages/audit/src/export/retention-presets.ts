/** A rule that asks for logs, and for how long; what we know of it, not legal advice. */
export interface RetentionPreset {
  readonly name: string
  /** Months for which the rule asks that logs are kept at least; null where it names none. */
  readonly months: number | null
  /** Where that stands. */
  readonly source: string
  /** What the rule asks that concerns a log. */
  readonly asks: readonly string[]
  /** What nobody can tell from this bundle. */
  readonly notShown: readonly string[]
}

/** Names of `RETENTION_PRESETS`. */
export const RETENTION_PRESET_IDS = ['eu-ai-act', 'hipaa', 'sec-17a-4', 'pci-dss', 'gdpr'] as const

/** One of `RETENTION_PRESET_IDS`. */
export type RetentionPresetId = (typeof RETENTION_PRESET_IDS)[number]

/** Rules whose retention and questions a report can name. Naming one claims nothing about meeting it. */
export const RETENTION_PRESETS: Readonly<Record<RetentionPresetId, RetentionPreset>> = {
  'eu-ai-act': {
    name: 'EU AI Act (Regulation (EU) 2024/1689)',
    months: 6,
    source:
      'Articles 12, 19(1) and 26(6): as long as the purpose asks, at least six months, unless other law says otherwise, data protection law above all',
    asks: [
      'Events are recorded automatically over the lifetime of the system.',
      'Situations of risk can be traced, and the operation be monitored.',
      'Provider and deployer of a system of high risk keep the logs that are under their control.',
    ],
    notShown: [
      'Whether the system is one of high risk, and from which date the articles apply to it.',
      'Whether every event that matters was recorded: the log has what the application told it.',
    ],
  },
  hipaa: {
    name: 'HIPAA Security Rule (45 CFR 164.312(b), 164.316(b)(2)(i))',
    months: 72,
    source:
      '164.316(b)(2)(i): six years for required documentation, from its creation or from when it was last in effect, whichever is later; whether raw logs are covered is not settled, and six years is the safe reading',
    asks: [
      'Activity in systems with electronic protected health information is recorded and can be examined.',
    ],
    notShown: ['Whether somebody reviews the log regularly.', 'Who could read the log itself.'],
  },
  'sec-17a-4': {
    name: 'SEC Rule 17a-4 (17 CFR 240.17a-4)',
    months: 72,
    source:
      '17a-4(a) and (b): six or three years, by the kind of record, the first two in an easily accessible place; the longer one is named',
    asks: [
      'Electronic records cannot be rewritten or erased, or an audit trail tells every change, when and by whom, and how it was before (17a-4(f)(2)(i)).',
      'Completeness and accuracy are verified automatically.',
      'Records can be handed out in a form that people read, and electronically.',
    ],
    notShown: [
      'Whether the storage is write-once: this bundle shows that nothing was changed, not that nobody could.',
      'Whether there is a second copy.',
      'Whether the first two years are at hand, and whether the firm is a broker or dealer at all.',
    ],
  },
  'pci-dss': {
    name: 'PCI DSS 4.0.1, requirement 10',
    months: 12,
    source: '10.5.1: at least twelve months, the latest three at hand at once for analysis',
    asks: [
      'Each entry says who, what, when, from where, on what and with which outcome (10.2.2).',
      'Logs are protected from destruction and unauthorized change (10.3).',
    ],
    notShown: [
      'Whether the log is reviewed daily (10.4.1), and whether clocks are synchronised (10.6).',
      'Whether every system that touches cardholder data writes into it.',
    ],
  },
  gdpr: {
    name: 'GDPR (Regulation (EU) 2016/679)',
    months: null,
    source: 'Article 5(1)(e): no longer than the purposes need; no period is named',
    asks: [
      'A person is told which data about them are processed (Article 15).',
      'Data are erased on request where Article 17(1) says so and 17(3) makes no exception.',
    ],
    notShown: [
      'Data about the person in other systems, and the content that entries only commit to.',
      'Entries that name the person in other ways than by the identifier that was asked for.',
    ],
  },
}
