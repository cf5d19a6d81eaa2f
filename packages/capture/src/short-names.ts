import type { AnswerFacts, RequestFacts } from './provider.ts'

/** No provider's model, tier, id or reason is longer; what is cut to it is looked at, compared and recorded many times. */
const MAX_NAME = 512

/** A request whose model's name is not longer than names are. */
export function withShortModel(request: RequestFacts): RequestFacts {
  const { model } = request
  return model.length <= MAX_NAME ? request : { ...request, model: short(model) }
}

/** An answer whose names are not longer than names are; of an id that is, nothing is left. */
export function withShortNames(facts: AnswerFacts): AnswerFacts {
  const { response_model, finish_reason_raw, service_tier, response_id, ...rest } = facts
  return {
    ...rest,
    ...(response_model !== undefined && { response_model: short(response_model) }),
    ...(typeof finish_reason_raw === 'string' && { finish_reason_raw: short(finish_reason_raw) }),
    ...(typeof service_tier === 'string' && { service_tier: short(service_tier) }),
    ...(isId(response_id) && { response_id }),
  }
}

function isId(id: string | undefined): id is string {
  return id !== undefined && id.length <= MAX_NAME
}

/** A copy, because a slice holds on to the whole. */
function short(name: string): string {
  if (name.length <= MAX_NAME) return name
  return Buffer.from(name.slice(0, MAX_NAME)).toString()
}
