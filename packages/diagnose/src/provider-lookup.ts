import { PROVIDERS, type Provider } from './providers.ts'

const BY_NAME: ReadonlyMap<string, Provider> = new Map(
  PROVIDERS.flatMap((known) => [known.id, ...known.aliases].map((name) => [name, known] as const)),
)

/** The provider that goes by a name: `aws.bedrock`, `openai.chat`, `Vertex_AI`; undefined for all others. */
export function providerNamed(name: string): Provider | undefined {
  const lower = name.toLowerCase().trim()
  return BY_NAME.get(lower) ?? BY_NAME.get(lower.split(/[./:]/, 1)[0] ?? '')
}

const BY_HOST: ReadonlyMap<string, Provider> = new Map(
  PROVIDERS.flatMap((known) => known.hosts.map((host) => [host, known] as const)),
)
const BEDROCK = /^bedrock(?:-runtime|-agent-runtime|-mantle)?[.-].*amazonaws\.com/

/** The provider that a host belongs to: the one that knows most of its name. */
export function providerOfHost(host: string, port: string | undefined): Provider | undefined {
  let end = host.toLowerCase()
  if (BEDROCK.test(end)) return BY_NAME.get('bedrock')
  for (;;) {
    const known = BY_HOST.get(end)
    if (known !== undefined) return known
    const dot = end.indexOf('.')
    if (dot === -1) return port === undefined ? undefined : BY_HOST.get(`:${port}`)
    end = end.slice(dot + 1)
  }
}
