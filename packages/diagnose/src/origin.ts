import { STRENGTH } from './compile-rules.ts'
import type { Layer, Unwrapped } from './layer.ts'
import type { Match } from './match.ts'
import type { Envelope } from './model-envelope.ts'
import { comparable, compilePhrase, occurs } from './phrase.ts'
import { providerNamed, providerOfHost } from './provider-lookup.ts'
import type { Provider } from './providers.ts'
import type { LayerReading } from './rule-index.ts'
import {
  isModelPath,
  isPrivateHost,
  serviceAt,
  type Target,
  targetOf,
  targetsIn,
} from './targets.ts'

/** Who answered, and whether it was a model at all. */
export interface Origin {
  readonly provider: string | undefined
  /** The name under which it is reported: the caller's own for the same provider. */
  readonly providerName: string | undefined
  /** Why it is that provider, in words. */
  readonly providerBy: string | undefined
  /** Why it cannot be a model's API, in words. */
  readonly foreign: string | undefined
  /** Whether anything tells of a model: who answered, the caller, the shape of the answer, or words. */
  readonly isOfModel: boolean
}

/** What the caller knows. */
export interface Claim {
  readonly provider?: string | undefined
  /** The tool that raised it, where one did. */
  readonly tool?: string | undefined
}

interface Witness {
  readonly provider: Provider
  readonly by: string
  readonly depth: number
  /** 3 a host, 2 a code that only it has, 1 its name. */
  readonly weight: number
}

/** Finds out whose error it is: hosts first, then what only one provider says, then its name, then the caller's word. */
export function originOf(
  unwrapped: Unwrapped,
  readings: readonly LayerReading[],
  foreignMatches: readonly Match[],
  claim: Claim,
): Origin {
  const targets = readings.flatMap(({ layer }) => targetsOf(layer))
  const witnesses = [...hostWitnesses(targets), ...readings.flatMap(nameWitnesses)]
  const best = strongest(witnesses)
  const claimed = claim.provider ?? unwrapped.claim
  // Whoever says it beside the error has asked a model; what stands in a record may be anybody's word.
  const isTrusted = claim.provider !== undefined
  const known = claimed === undefined ? undefined : providerNamed(claimed)
  const provider = chosen(best, known)
  const all: Known = {
    targets: targets.map(({ target }) => target),
    matches: foreignMatches,
    best,
    claim,
    claimed,
    isTrusted,
    provider: known,
    readings,
    envelope: envelopeOf(readings),
  }
  const foreign = foreignTo(all)
  return {
    provider: provider?.id,
    providerName: provider === undefined || provider === known ? claimed : provider.id,
    providerBy: best !== undefined && provider === best.provider ? best.by : undefined,
    foreign: foreign ?? foreignClaim(claimed, known, best),
    isOfModel:
      best !== undefined ||
      claimed !== undefined ||
      all.envelope !== undefined ||
      speaksOfModels(all),
  }
}

function envelopeOf(readings: readonly LayerReading[]): Envelope | undefined {
  const shapes = readings.map(({ layer: { envelope } }) => envelope)
  return shapes.includes('own') ? 'own' : shapes.find((shape) => shape !== undefined)
}

interface LocatedTarget {
  readonly target: Target
  readonly depth: number
}

function targetsOf({ urls, text, depth }: Layer): LocatedTarget[] {
  const found = urls.flatMap((url) => targetOf(url) ?? [])
  return [...found, ...targetsIn(text)].map((target) => ({ target, depth }))
}

function hostWitnesses(targets: readonly LocatedTarget[]): Witness[] {
  return targets.flatMap(({ target: { host, port }, depth }) => {
    const provider = providerOfHost(host, port)
    return provider === undefined ? [] : [{ provider, by: `host ${host}`, depth, weight: 3 }]
  })
}

function nameWitnesses({ named, layer: { depth } }: LayerReading): Witness[] {
  return named.map(({ provider, by, strong }) => {
    return { provider, by: `“${by}”`, depth, weight: strong ? 2 : 1 }
  })
}

function strongest(witnesses: readonly Witness[]): Witness | undefined {
  let best: Witness | undefined
  for (const witness of witnesses) {
    if (best === undefined || witness.weight > best.weight) best = witness
    else if (witness.weight === best.weight && witness.depth >= best.depth) best = witness
  }
  return best
}

/** A name in a sentence is no reason to doubt the caller; a host or a code is. */
function chosen(best: Witness | undefined, claimed: Provider | undefined): Provider | undefined {
  if (best === undefined) return claimed
  const isVague = claimed === undefined || VAGUE.has(claimed.id)
  // Others serve a provider's models and repeat its words and links, so only a host of an API overrules them.
  if (isVague || best.weight === 3) return best.provider
  return claimed
}

const VAGUE = new Set(['unknown', 'local', 'openai-compatible', 'custom'])

interface Known {
  readonly targets: readonly Target[]
  readonly matches: readonly Match[]
  readonly best: Witness | undefined
  readonly claim: Claim
  readonly claimed: string | undefined
  readonly isTrusted: boolean
  readonly provider: Provider | undefined
  readonly readings: readonly LayerReading[]
  readonly envelope: Envelope | undefined
}

/** Why it cannot be a model's API: what only others say, or, where nothing speaks of a model, a name or a host of others. */
function foreignTo(known: Known): string | undefined {
  const { targets, matches, best, claim } = known
  const isModel =
    (best?.weight ?? 0) >= 2 ||
    targets.some(({ path, requested }) => requested && isModelPath(path))
  if (isModel) return undefined
  const match = matches.find((found) => isForeign(found, known))
  if (match !== undefined) return matchText(match)
  const service = known.readings.flatMap(({ text }) => googleServiceIn(text) ?? []).at(0)
  if (service !== undefined) return `${service} is no model’s API`
  const port = targets.map((target) => serviceAt(target.port)).find((found) => found !== undefined)
  if (port !== undefined) return `its port is where ${port} listens`
  if (claim.tool !== undefined) return `it was raised in the tool ${claim.tool}`
  if (isVouchedFor(known)) return undefined
  if (known.readings.some(({ text }) => KEY_OF_OTHERS.test(text)))
    return 'the key is one of Stripe or Clerk'
  const weak = weaklyForeign(known)
  return weak !== undefined && !speaksOfModels(known) ? weak : undefined
}

/** Whether somebody who knows says that a model’s API answered: the caller, or the shape of the answer. */
function isVouchedFor({ envelope, isTrusted, provider }: Known): boolean {
  return envelope !== undefined || (isTrusted && provider !== undefined)
}

/**
 * Whether a match says whose error it is. A code always does. Words do not in an envelope that only APIs of models have
 * (they quote what they were sent), nor in a link of an answer that is vouched for.
 */
function isForeign(match: Match, known: Known): boolean {
  const { rule, code, words = code ?? '', reading } = match
  if (rule.strength < STRENGTH.text) return false
  if (code !== undefined && reading.codes.includes(code)) return true
  if (known.envelope === 'own') return false
  if (!isVouchedFor(known) || !reading.text.includes('://')) return true
  const unlinked = comparable(reading.layer.text.replace(LINK, ' '))
  return occurs(compilePhrase(words), unlinked)
}

const LINK = /https?:\/\/\S+/g

/** A service of Google that serves no models, where an error names it. */
function googleServiceIn(text: string): string | undefined {
  const [, host] = /\b([a-z][a-z-]{1,40}\.googleapis\.com)\b/.exec(text) ?? []
  return host === undefined || host === 'oauth2.googleapis.com' || providerOfHost(host, undefined)
    ? undefined
    : host
}

/** How keys of payment and of sign-in begin, also masked. */
const KEY_OF_OTHERS = /\b(?:sk|rk|pk)_(?:test|live)_/

function weaklyForeign(known: Known): string | undefined {
  if (known.isTrusted) return undefined
  if (known.provider !== undefined && !VAGUE.has(known.provider.id)) return undefined
  return (
    foreignTarget(known.targets) ?? (known.best === undefined ? foreignByName(known) : undefined)
  )
}

function speaksOfModels({ readings }: Known): boolean {
  return readings.some(
    ({ layer: { text }, codes }) =>
      MODEL_WORDS.test(comparable(text.replace(OWN_FRAMES, ''))) ||
      codes.some((code) => MODEL_WORDS.test(code)),
  )
}

/** Lines of a stack that stand in files of one's own: their names say nothing of who answered. */
const OWN_FRAMES = /^\s{0,12}at (?!.*node_modules)[^\n]{0,400}$/gm

function matchText({ code, words, rule }: Match): string {
  return `“${code ?? words}” (${rule.id})`
}

function foreignTarget(targets: readonly Target[]): string | undefined {
  const target = targets.find(
    ({ host, port, requested }) =>
      (requested || host.startsWith('api.')) && isForeignHost(host, port) && !isDocs(host),
  )
  return target === undefined ? undefined : `host ${target.host} is no model’s API that is known`
}

function isForeignHost(host: string, port: string | undefined): boolean {
  return !isPrivateHost(host) && providerOfHost(host, port) === undefined
}

/** Words of errors that come from models. */
const MODEL_WORDS =
  /\b(?:models?|prompt|completions?|llms?|gpt|claude|gemini|llama|qwen|openai|anthropic|embeddings?|context (?:length|window|size)|max_tokens|tokens per|chat|inference|apiconnection\w*|api(?:status|timeout|useraborted)\w*)\b|\bai_/

function foreignByName({ claimed, provider, matches, targets }: Known): string | undefined {
  const isNamed = claimed !== undefined && provider === undefined
  if (isNamed) return `${claimed} is no provider of models that is known`
  const [match] = matches
  if (match !== undefined) return matchText(match)
  const page = targets.find(({ host, port }) => isForeignHost(host, port) && !isGeneral(host))
  return page === undefined ? undefined : `it points to ${page.host}, and nothing speaks of a model`
}

/** Hosts of pages that errors of any origin point to. */
function isGeneral(host: string): boolean {
  return (
    isDocs(host) ||
    /(?:^|\.)(?:microsoft\.com|azure\.com|github\.com|google\.com|amazon\.com|cloudflare\.com|vercel\.com|aliyun\.com|alibabacloud\.com|tencent\.com|aka\.ms|goo\.gle)$/.test(
      host,
    )
  )
}

/** Hosts of nothing but pages: nobody calls an API there. */
function isDocs(host: string): boolean {
  return /(?:^|\.)(?:pydantic\.dev|json-schema\.org|mozilla\.org|nodejs\.org|python\.org|w3\.org|ietf\.org|rfc-editor\.org|langchain\.com|litellm\.ai|ai-sdk\.dev|repost\.aws|stackoverflow\.com|wikipedia\.org|readthedocs\.io)$/.test(
    host,
  )
}

/** A claim that names something which serves no models, with nothing that speaks against it. */
function foreignClaim(
  claimed: string | undefined,
  known: Provider | undefined,
  best: Witness | undefined,
): string | undefined {
  if (claimed === undefined || known !== undefined || (best?.weight ?? 0) >= 2) return undefined
  return NO_MODELS.test(claimed) ? `${claimed} serves no models` : undefined
}

const NO_MODELS =
  /^(?:github|gitlab|bitbucket|git|mcp|postgres(?:ql)?|pg|mysql|mariadb|sqlite|mongo(?:db)?|redis|docker|npm|pypi|pip|maven|browser|playwright|puppeteer|stripe|slack|discord|telegram|twilio|sendgrid|jira|notion|kubernetes|k8s|terraform|elasticsearch|opensearch|qdrant|pinecone|weaviate|chroma|milvus|kafka|rabbitmq|nats|smtp|ldap|s3|aws-s3|aws-[a-z0-9-]+|dynamodb|sqs|sts|lambda|gcs|firebase|supabase|apify|tavily|serpapi|youtube|google-drive|google-sheets|gmail|npm-registry|docker-hub|ghcr|node|nodejs|os|filesystem|fs|ci|circleci|jenkins|azure-devops|azure-storage|azure-blob|cloudflare-api|shopify|salesforce|hubspot|reddit|twitter|x-api|spotify|tool|database|http|web|proxy-tool|vector-db|prisma|sentry|datadog|paypal|auth0|okta|zoom)$/i
