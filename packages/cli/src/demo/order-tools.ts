import { setTimeout as wait } from 'node:timers/promises'
import type OpenAI from 'openai'

/** The order system did not answer. */
class OrderServiceError extends Error {
  override readonly name = 'OrderServiceError'
  readonly code = 'ORDERS_UNAVAILABLE'
}

/** The tools that the assistant's model may ask for, as OpenAI takes them. */
export const TOOLS: OpenAI.ChatCompletionFunctionTool[] = [
  functionTool('lookup_order', 'Items and state of an order'),
  functionTool('track_parcel', 'Where the parcel of an order is'),
]

/** Runs a tool. Throws `OrderServiceError` for the one order that the script has fail, and for unknown tools. */
export async function runTool(name: string, args: { order_id?: string }): Promise<object> {
  const { order_id = '' } = args
  if (name === 'lookup_order') {
    await wait(18)
    if (order_id === FAILING_ORDER) {
      throw new OrderServiceError(`The order service did not answer for order ${order_id}`)
    }
    return { order_id, items: ['Trail shoe, size 43'], state: 'shipped' }
  }
  if (name === 'track_parcel') {
    await wait(31)
    return { order_id, state: 'in transit', last_seen: 'regional depot', days_without_scan: 1 }
  }
  throw new OrderServiceError(`There is no tool ${name}`)
}

/** The order that the script has fail. */
export const FAILING_ORDER = '1049'

function functionTool(name: string, description: string): OpenAI.ChatCompletionFunctionTool {
  const properties = { order_id: { type: 'string' } }
  const parameters = { type: 'object', properties, required: ['order_id'] }
  return { type: 'function', function: { name, description, parameters } }
}
