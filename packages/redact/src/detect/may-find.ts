import { isFoldable } from './fold.ts'

// Each is linear: single units, or bounded repetitions. Together they cover what every detector needs to begin with
// (test/may-find.test.ts holds them against the detectors).

/** Six digits with what may separate them, as in numbers of phones and cards. */
const DIGITS = /\d(?:[ \t\r\n\-./()]{0,12}\d){5}/
/** An address of the Internet (four numbers) or of hardware. */
const ADDRESS = /\d\.\d{1,3}\.\d{1,3}\.\d|[\da-f]{2}-[\da-f]{2}-[\da-f]{2}|:[\da-f]{0,4}[:.]/i
/** The name of a secret, or what begins a key. */
const SECRET =
  /pass|pwd|secret|token|cred|cookie|auth|bearer|key|dsn|sig|pat(?![a-z])|sk-|sess-|[spr]k_|pk-|gh[pousr]_|github_|gl[a-z]{2,5}-|whsec_|xox|xapp-|A[KSB][IS]|ACCA|AIza|GOCSPX|hf_|api_org_|npm_|gsk_|xai-|pplx-|r8_|fw_|lsv2|tvly|nvapi|SG\.|SK[\da-f]{8}|ya29|AQ\.|dapi|do[opr]_|shp|pypi-|dckr_|lin_|ntn_|AGE-|eyJ|JQQJ99|\dQ~|-----BEGIN/i
/** The beginning of an IBAN. */
const IBAN = /[a-z]{2}\d{2}[\s.-]{0,8}[\da-z]{1,4}[\s.-]{0,8}\d/i

/** Whether a text has anything that a built-in detector could begin with: most short texts have not. */
export function mayFind(text: string): boolean {
  return (
    text.includes('@') ||
    isFoldable(text) ||
    SECRET.test(text) ||
    DIGITS.test(text) ||
    ADDRESS.test(text) ||
    IBAN.test(text)
  )
}
