import * as vscode from 'vscode';
import type { ResultOf } from '../../protocol/call.ts';
import type { interfaceCalls } from '../../protocol/calls.ts';

type ToolCall = ResultOf<typeof interfaceCalls, 'model/complete'>['toolCalls'][number];

/** What a stream of the editor brought. */
export interface EditorReply {
  text: string;
  toolCalls: ToolCall[];
  /** From `begun` to the first part, in milliseconds. */
  firstPartMs: number | null;
  /** Why it broke off after it had begun. */
  broken: string | null;
}

/**
 * Reads a stream to its end; `begun` is the time of the request on the clock of `performance`. A stream that
 * breaks before its first part is a failed call, and its error is thrown; after it, an incomplete reply.
 */
export async function readReply(stream: AsyncIterable<unknown>, begun: number): Promise<EditorReply> {
  const reply: EditorReply = { text: '', toolCalls: [], firstPartMs: null, broken: null };
  try {
    for await (const part of stream) {
      reply.firstPartMs ??= performance.now() - begun;
      if (part instanceof vscode.LanguageModelTextPart) reply.text += part.value;
      else if (part instanceof vscode.LanguageModelToolCallPart) reply.toolCalls.push(toToolCall(part));
    }
  } catch (error) {
    if (reply.firstPartMs === null) throw error;
    reply.broken = error instanceof Error ? error.message : String(error);
  }
  return reply;
}

function toToolCall({ callId, name, input }: vscode.LanguageModelToolCallPart): ToolCall {
  // Only what JSON can hold crosses to the engine.
  return { id: callId, name, arguments: JSON.parse(JSON.stringify(input ?? {})) };
}
