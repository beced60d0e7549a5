import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { CONVERSATION_TURN } from '../../targets/earlierOutputs.ts';

/**
 * The output with what later turns of the conversation are told of it (promptfoo's `updateConversationHistory`): the
 * prompt as it was asked, its last message, and the answer before it was transformed.
 */
export function withTurn(final: Output, asked: string, answer: Output & { status: 'complete' }): Output {
  const prompt = parsed(asked) || asked;
  // A replay asks what was asked when it was recorded.
  const { replayed: _replayed, ...metadata } = answer.metadata ?? {};
  const turn: JsonObject = {
    prompt,
    input: lastInput(prompt) || prompt,
    output: answer.json ?? answer.text,
    ...(answer.metadata ? { metadata } : {}),
  };
  return { ...final, metadata: { ...final.metadata, [CONVERSATION_TURN]: turn } };
}

function lastInput(prompt: JsonValue): JsonValue | undefined {
  if (!Array.isArray(prompt)) return undefined;
  const last = prompt.at(-1);
  return (isJsonObject(last) && last['content']) || last;
}

function parsed(text: string): JsonValue | undefined {
  if (!/^\s*[[{"\d-]|^\s*(?:true|false|null)\s*$/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
