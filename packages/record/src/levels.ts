/** Recount's levels and pino's numbers for them. */
export const LEVELS = { debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

/** A level's name, as pino spells it; `fatal` is what others call critical. */
export type LevelName = keyof typeof LEVELS
