import type { AnswerFacts } from '../provider.ts'
import { WholeText } from './whole-text.ts'

/** Characters of a page that are looked at. */
const MAX_LOOKED_AT = 4096
const MAX_TITLE = 200

/** Whether a response is a page for people: what a proxy, a login or a wrong address answers in place of a model. */
export function isPage(contentType: string): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType)
}

/** Reads such a page as far as it says what it is; that it came in place of an answer is an error. */
export function pageText(contentType: string): WholeText {
  return new WholeText(MAX_LOOKED_AT, (text) => unexpected(contentType, text))
}

/** What was expected, and what came. */
function unexpected(contentType: string, page: string): AnswerFacts {
  const title = titleOf(page)
  const said = title === '' ? '' : `, titled “${title}”`
  const type = contentType.split(';', 1)[0]?.trim()
  const message = `Expected a model's answer as JSON or events, got a page (${type}${said}); look at the base URL and at proxies on the way`
  return { failure: { type: 'UnexpectedAnswer', message } }
}

function titleOf(page: string): string {
  const [, title = ''] = /<title[^>]{0,200}>([^<]{0,1000})/i.exec(page) ?? []
  return title.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TITLE)
}
