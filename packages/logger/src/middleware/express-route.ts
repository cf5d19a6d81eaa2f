import type { IncomingMessage } from 'node:http'

/** What Express adds to a request, as far as the route's pattern needs it. */
export interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: string
  readonly route?: Route
  readonly app?: { readonly router?: Router; readonly _router?: Router }
}

interface Route {
  readonly path?: unknown
}

interface Router {
  readonly stack?: readonly Layer[]
}

interface Layer {
  readonly route?: Route
  readonly handle?: Router
  match?(path: string): unknown
}

/**
 * The pattern of the route that took a request, with those of the routers around it: `/api/users/:id`. Express tells a
 * router's mount as it was sent, not as it was declared: a segment that is not proven literal is written `*`.
 */
export function routeOf({ route, baseUrl = '', app }: ExpressRequest): string | undefined {
  const path = patternOf(route?.path)
  if (route === undefined || path === undefined) return undefined
  if (baseUrl === '') return path
  // Express 4 throws when an application without a router is asked for `router`.
  const mounts = mountsOf(app?._router ?? app?.router, route)
  return `${mounts === undefined ? '/*' : literal(mounts, baseUrl)}${path === '/' ? '' : path}`
}

function patternOf(path: unknown): string | undefined {
  if (Array.isArray(path)) return path.map(String).join('|')
  return typeof path === 'string' ? path : path instanceof RegExp ? String(path) : undefined
}

/** The layers of the routers that lead to a route, outermost first; undefined when it is not found. */
function mountsOf(router: Router | undefined, route: Route): Layer[] | undefined {
  for (const layer of router?.stack ?? []) {
    if (layer.route === route) return []
    const inner =
      layer.route === undefined && layer.handle?.stack ? mountsOf(layer.handle, route) : undefined
    if (inner !== undefined) return [layer, ...inner]
  }
  return undefined
}

/** What the mounts took of `baseUrl`, with `*` for each segment that is not proven to be the declared text. */
function literal(mounts: readonly Layer[], baseUrl: string): string {
  let rest = baseUrl
  let pattern = ''
  for (const mount of mounts) {
    const taken = takenBy(mount, rest)
    if (taken === undefined) return '/*'
    pattern += maskedSegments(mount, taken)
    rest = rest.slice(taken.length)
  }
  return rest === '' ? pattern : '/*'
}

/** The start of a path that a mount takes; undefined when it does not match. */
function takenBy(mount: Layer, path: string): string | undefined {
  const match = mount.match?.(path === '' ? '/' : path)
  if (!match) return undefined
  // Router 2.3 gives the match back; before that the layer keeps it until the next one.
  const taken = (match as { path?: unknown }).path ?? (mount as { path?: unknown }).path
  return typeof taken === 'string' ? taken.replace(/\/$/, '') : undefined
}

/** A segment is literal when the mount no longer takes it once anything in it is changed. */
function maskedSegments(mount: Layer, taken: string): string {
  const segments = taken.split('/')
  return segments
    .map((segment, at) => {
      const takes = (other: string): boolean => {
        const path = segments.with(at, other).join('/')
        return takenBy(mount, path)?.length === path.length
      }
      return at > 0 && changesOf(segment).some(takes) ? '*' : segment
    })
    .join('/')
}

/** One character more, and then each character by another of its kind: patterns like `/t-\d+` take some of these. */
function changesOf(segment: string): string[] {
  const changed = Array.from(segment, (character, at) => {
    const other = OTHER.get(character)
    return other === undefined ? undefined : segment.slice(0, at) + other + segment.slice(at + 1)
  })
  return [`${segment}x`, ...changed.filter((other) => other !== undefined)]
}

const KINDS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
/** Half the alphabet away, so that `/v2` is not taken for a value where `/v1` is mounted too. */
const OTHER: ReadonlyMap<string, string> = new Map(
  KINDS.flatMap((kind) =>
    [...kind].map(
      (character, at) => [character, kind[(at + kind.length / 2) % kind.length] as string] as const,
    ),
  ),
)
