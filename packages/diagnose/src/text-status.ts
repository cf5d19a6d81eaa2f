/** Where a text says an HTTP status, and not just any number. */
const STATUS =
  /(?:\b(?:error code|status ?code|status_code|http ?status(?: code)?|response code|status|code is|http(?:\/[\d.]+)?|api error|error)\b[\s:=("'[#-]{0,4}|^|\[|\n|: )([1-5]\d\d)(?=[\s\]):,;.'"{(-]|$)(?! ?(?:tokens|ms|bytes|seconds|s\b|x|%|items|characters|requests))|\b([45]\d\d) (?:bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|request timeout|conflict|gone|payload too large|request entity too large|unsupported media type|unprocessable|too many requests|internal server error|not implemented|bad gateway|service unavailable|gateway time-?out)/i

/** The HTTP status that a text speaks of. */
export function statusIn(text: string): number | undefined {
  const found = /[3-5]\d\d/.test(text) ? STATUS.exec(text) : null
  if (found === null) return undefined
  const status = Number(found[1] ?? found[2])
  return status >= 300 ? status : undefined
}
