import { isPlain } from './seen-messages.ts'

/** A tool as chat APIs are offered it. */
export interface ChatTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description?: string
    readonly parameters?: unknown
  }
}

/** Tools in one shape, whichever provider they were offered to; what is no function of the application is left out. */
export function chatTools(tools: unknown): ChatTool[] {
  return listOf(tools).flatMap(toolsIn)
}

/** Gemini has several functions in one tool, Bedrock one more level around each. */
function toolsIn(tool: unknown): ChatTool[] {
  if (!isPlain(tool)) return []
  const { functionDeclarations, function_declarations, toolSpec, function: inner } = tool
  const several = functionDeclarations ?? function_declarations
  if (several !== undefined) return listOf(several).flatMap(toolsIn)
  if (isPlain(toolSpec)) return toolsIn(toolSpec)
  if (isPlain(inner)) return toolsIn(inner)
  return functionOf(tool)
}

function functionOf(tool: Readonly<Record<string, unknown>>): ChatTool[] {
  const { name, description } = tool
  const schema = [tool.parameters, tool.input_schema, tool.inputSchema, tool.parameter_definitions]
  if (typeof name !== 'string') return []
  const given = schema.find((value) => value !== undefined)
  const parameters = isPlain(given) && isPlain(given.json) ? given.json : given
  return [
    {
      type: 'function',
      function: {
        name,
        ...(typeof description === 'string' ? { description } : {}),
        ...(parameters === undefined ? {} : { parameters }),
      },
    },
  ]
}

/** The AI SDK has tools by name. */
function listOf(tools: unknown): unknown[] {
  if (Array.isArray(tools)) return tools
  if (!isPlain(tools)) return []
  if (typeof tools.name === 'string') return [tools]
  return Object.entries(tools).map(([name, tool]) => (isPlain(tool) ? { name, ...tool } : tool))
}
