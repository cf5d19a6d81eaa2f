/** A value, or several of which it must be one. */
export type OneOf<Value> = Value | readonly Value[]

/** The values that are asked for. */
export function valuesOf<Value>(wanted: OneOf<Value>): readonly Value[] {
  return Array.isArray(wanted) ? (wanted as readonly Value[]) : [wanted as Value]
}
