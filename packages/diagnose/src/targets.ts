/** Where a request went, or a page that a message points to. */
export interface Target {
  readonly host: string
  readonly port: string | undefined
  readonly path: string
  /** Whether it is where the request went, not a page to read. */
  readonly requested: boolean
}

const MOST = 8
const URL_TEXT =
  /(?:\b(get|post|put|patch|delete|head|request to|fetching from|fetch|url:?|url=|for url|calling|connect to|connecting to|request:)\s{0,3}["'`(<]{0,2})?\bhttps?:\/\/([\w.-]{1,250})(?::(\d{1,5}))?(\/[^\s"'`)>\]}|,]{0,300})?/gi
/** urllib3 and getaddrinfo name a host without a scheme. */
const HOST_TEXT =
  /(?:host=["']?|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) |host lookup: ["']?|(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|dial tcp) )([\w.:-]{1,250}?)(?::(\d{1,5}))?(?=["',\s;)]|$|: )/g

/** The URLs in a text, and hosts that libraries name without one. */
export function targetsIn(text: string): Target[] {
  const found: Target[] = []
  if (text.includes('://')) {
    for (const [, verb, host = '', port, path = ''] of text.matchAll(URL_TEXT)) {
      if (found.length >= MOST) break
      found.push({ host: host.replace(/\.+$/, ''), port, path, requested: verb !== undefined })
    }
  }
  if (/host|ECONN|ETIMEDOUT|dial tcp|getaddrinfo/.test(text)) {
    for (const [, host = '', port] of text.matchAll(HOST_TEXT)) {
      if (found.length >= MOST) break
      found.push({ host, port, path: '', requested: true })
    }
  }
  return found
}

/** The target that a field names: a URL, or a host alone. */
export function targetOf(url: string): Target | undefined {
  const [, host = '', port, path = ''] =
    /^(?:[a-z]{2,6}:)?(?:\/\/)?(?:[^@/\s]{0,100}@)?([\w.-]{1,250})(?::(\d{1,5}))?(\/[^\s]{0,300})?$/i.exec(
      url,
    ) ?? []
  return host === '' ? undefined : { host, port, path, requested: true }
}

/** Paths of APIs that talk to models, on whatever host. */
const MODEL_PATH =
  /\/(?:chat\/completions|completions?|messages|responses|embeddings|rerank|infill|generate(?:_stream)?|api\/(?:chat|generate|embed|embeddings|pull|show|tags)|v1\/models|invoke(?:-with-response-stream)?|converse(?:-stream)?|invocations|v2\/chat|images\/generations|audio\/(?:speech|transcriptions))\b|:(?:stream)?generatecontent|:(?:raw)?predict|:embedcontent|:counttokens|\/openai\//i

/** Whether a path is one of an API that talks to models. */
export function isModelPath(path: string): boolean {
  return MODEL_PATH.test(path)
}

/** An address, a private network, or a name without a domain: nobody knows who listens there. */
export function isPrivateHost(host: string): boolean {
  return (
    !host.includes('.') ||
    /^[\d.]+$/.test(host) ||
    /\.(?:local|internal|lan|svc|test|example)$/i.test(host)
  )
}

/** Ports of databases, queues and caches. */
const SERVICES: Readonly<Record<string, string>> = {
  '25': 'a mail server',
  '22': 'an SSH server',
  '587': 'a mail server',
  '1433': 'SQL Server',
  '2375': 'Docker',
  '2379': 'etcd',
  '2380': 'etcd',
  '3306': 'MySQL',
  '4222': 'NATS',
  '5432': 'PostgreSQL',
  '5672': 'RabbitMQ',
  '6333': 'Qdrant',
  '6379': 'Redis',
  '6432': 'PgBouncer',
  '6443': 'Kubernetes',
  '8086': 'InfluxDB',
  '8123': 'ClickHouse',
  '9042': 'Cassandra',
  '9092': 'Kafka',
  '9200': 'Elasticsearch',
  '11211': 'memcached',
  '19530': 'Milvus',
  '27017': 'MongoDB',
}

/** What usually listens at a port that no model listens at. */
export function serviceAt(port: string | undefined): string | undefined {
  return port === undefined ? undefined : SERVICES[port]
}
