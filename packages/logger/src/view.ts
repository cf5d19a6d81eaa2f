/** Runs a method on the viewed object. */
type Call = (method: () => unknown) => unknown

/**
 * A view of an object in which `standIn` may replace members (undefined leaves them). Inherited methods run on the object
 * itself, because a proxy cannot reach private state (#x); with `call`, all its methods go through that.
 */
export function viewOf<T extends object>(
  object: T,
  standIn: (key: PropertyKey) => unknown,
  call?: Call,
): T {
  const bound = new Map<PropertyKey, readonly [unknown, unknown]>()
  return new Proxy(proxyable(object), {
    get(_, key) {
      const replaced = standIn(key)
      if (replaced !== undefined) return replaced
      const value: unknown = Reflect.get(object, key, object)
      const isOwn = call === undefined && Object.hasOwn(object, key)
      if (typeof value !== 'function' || key === 'constructor' || isOwn) return value
      const known = bound.get(key)
      if (known?.[0] === value) return known[1]
      const method = (...args: unknown[]): unknown => {
        const run = (): unknown => Reflect.apply(value, object, args)
        return call === undefined ? run() : call(run)
      }
      bound.set(key, [value, method])
      return method
    },
    set: (_, key, value) => Reflect.set(object, key, value, object),
  })
}

/** A proxy must show a fixed property as it is; such an object is stood in for by a twin with the same members, not fixed. */
function proxyable<T extends object>(object: T): T {
  const members = Object.getOwnPropertyDescriptors(object)
  const names = Reflect.ownKeys(members) as (keyof typeof members)[]
  if (Object.isExtensible(object) && names.every((name) => members[name]?.configurable))
    return object
  for (const name of names) Object.assign(members[name] as object, { configurable: true })
  return Object.create(Object.getPrototypeOf(object), members) as T
}
