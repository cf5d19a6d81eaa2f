/** What the scripted provider answers to one request, whatever wire format it is asked in. */
export interface ScriptedReply {
  /** Before the first byte, milliseconds. */
  readonly delayMs: number
  /** Between the chunks of a stream, milliseconds. */
  readonly chunkMs?: number
  readonly text?: string
  readonly toolCalls?: readonly ScriptedToolCall[]
  readonly usage?: ScriptedUsage
  /** Answers with an HTTP error instead. */
  readonly failure?: ScriptedFailure
  /** Sends the text and then keeps the stream open until the client goes away. */
  readonly staysOpen?: boolean
}

/** A tool that the model asks for. */
export interface ScriptedToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, string>>
}

/** Token counts; `cached` is part of `input`. */
export interface ScriptedUsage {
  readonly input: number
  readonly output: number
  readonly cached?: number
}

/** An HTTP error with the provider's own headers and body. */
export interface ScriptedFailure {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** The text in the pieces in which a stream carries it; joined they are the text. */
export function pieces(text: string): string[] {
  return text.match(/\S+\s*(?:\S+\s*){0,2}/g) ?? []
}
