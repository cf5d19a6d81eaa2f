/**
 * The shape of a key: `pattern` begins with what only this provider's keys begin with and matches to the key's end. Shapes
 * after the vendors' documentation and the rules of gitleaks and secretlint (both MIT).
 */
export interface KeyShape {
  readonly type: string
  /** What it may begin with, one character each; any where empty. */
  readonly first: string
  readonly pattern: RegExp
}

/** Keys by their shape; the first that matches names them. All are bounded, and tried only where a long word begins. */
export const PROVIDER_KEYS: readonly KeyShape[] = [
  { type: 'anthropic_key', first: 's', pattern: /sk-ant-[\w-]{16,256}/y },
  { type: 'openrouter_key', first: 's', pattern: /sk-or-(?:v1-)?[\w-]{16,256}/y },
  {
    type: 'openai_key',
    first: 's',
    pattern: /(?:sk|sess)-(?:proj-|svcacct-|admin-|None-)?[\w-]{16,256}/y,
  },
  {
    type: 'stripe_key',
    first: 'sprw',
    pattern: /(?:sk|pk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,256}|whsec_[\w+/=-]{16,256}/y,
  },
  {
    type: 'github_key',
    first: 'g',
    pattern: /gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[\w-]{20,255}/y,
  },
  {
    type: 'gitlab_key',
    first: 'g',
    pattern: /gl(?:pat|dt|rt|ptt|cbt|oas|soat|ft|imt|agent)-[\w.-]{16,255}/y,
  },
  { type: 'slack_key', first: 'x', pattern: /xox[abeoprs]-[\w-]{10,256}|xapp-\d-[\w-]{10,256}/y },
  {
    type: 'aws_key',
    first: 'Ab',
    pattern:
      /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])|bedrock-api-key-[\w+/=-]{16,512}|ABSK[\w+/=]{64,512}/y,
  },
  {
    type: 'google_key',
    first: 'AGy',
    pattern: /AIza[\w-]{30,64}|GOCSPX-[\w-]{20,64}|ya29\.[\w-]{20,512}|AQ\.[\w-]{30,256}/y,
  },
  {
    type: 'azure_key',
    first: '',
    pattern:
      /[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{10,40}ACOG[A-Za-z0-9]{4}|[\w.~-]{3}\dQ~[\w.~-]{31,34}/y,
  },
  { type: 'huggingface_key', first: 'ha', pattern: /(?:hf|api_org)_[A-Za-z0-9]{16,128}/y },
  { type: 'npm_key', first: 'n', pattern: /npm_[A-Za-z0-9]{20,128}/y },
  { type: 'groq_key', first: 'g', pattern: /gsk_[A-Za-z0-9]{20,128}/y },
  { type: 'xai_key', first: 'x', pattern: /xai-[A-Za-z0-9]{20,256}/y },
  { type: 'perplexity_key', first: 'p', pattern: /pplx-[A-Za-z0-9]{20,128}/y },
  { type: 'replicate_key', first: 'r', pattern: /r8_[A-Za-z0-9]{20,128}/y },
  { type: 'fireworks_key', first: 'f', pattern: /fw_[A-Za-z0-9]{16,128}/y },
  {
    type: 'langfuse_key',
    first: 'spl',
    pattern: /(?:sk|pk)-lf-[\w-]{16,128}|lsv2_(?:pt|sk)_[\w]{16,128}/y,
  },
  { type: 'nvidia_key', first: 'n', pattern: /nvapi-[\w-]{20,128}/y },
  { type: 'tavily_key', first: 't', pattern: /tvly-[\w-]{16,128}/y },
  { type: 'sendgrid_key', first: 'S', pattern: /SG\.[\w-]{16,64}\.[\w-]{16,128}/y },
  { type: 'twilio_key', first: 'S', pattern: /SK[0-9a-f]{32}(?![0-9a-f])/y },
  { type: 'databricks_key', first: 'd', pattern: /dapi[0-9a-f]{32}(?:-\d)?/y },
  { type: 'digitalocean_key', first: 'd', pattern: /do[opr]_v1_[0-9a-f]{32,128}/y },
  { type: 'shopify_key', first: 's', pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/y },
  { type: 'pypi_key', first: 'p', pattern: /pypi-[\w-]{32,512}/y },
  { type: 'docker_key', first: 'd', pattern: /dckr_(?:pat|oat)_[\w-]{20,128}/y },
  { type: 'linear_key', first: 'l', pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{20,128}/y },
  {
    type: 'notion_key',
    first: 'ns',
    pattern: /ntn_[A-Za-z0-9]{20,128}|secret_[A-Za-z0-9]{40,64}/y,
  },
  { type: 'age_key', first: 'A', pattern: /AGE-SECRET-KEY-1[A-Z0-9]{40,80}/y },
]

/** A JSON Web Token: two parts that are JSON objects in base64url, and a signature that may be missing. */
export const JWT: RegExp = /eyJ[\w-]{5,65536}\.eyJ[\w-]{2,65536}(?:\.[\w-]{0,8192})?/y
