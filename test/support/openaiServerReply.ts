import { addPart, emptyDraft } from '../../src/engine/models/wire/replyDraft.ts';
import type { ReplyPart } from '../../src/engine/models/wire/replyPart.ts';
import { StreamWriter, writeCompletion } from '../../src/engine/models/wire/writeReply.ts';
import type { ChatRequestBody, ScriptedReply } from './openaiServer.ts';

/** The body of an unstreamed chat completion, in the API's shape. */
export function completionBody(script: ScriptedReply, body: ChatRequestBody) {
  const draft = emptyDraft();
  for (const part of scriptedParts(script)) addPart(draft, part);
  return writeCompletion(draft, headOf(script, body));
}

/** The server-sent events of a streamed chat completion, one string for each write to the socket. */
export function* streamEvents(script: ScriptedReply, body: ChatRequestBody): Generator<string> {
  const options = body.stream_options as { include_usage?: boolean } | undefined;
  const writer = new StreamWriter(headOf(script, body), { includeUsage: options?.include_usage ?? false });
  yield writer.part({ type: 'text', text: '' });
  if (script.cut === 'before-tokens') return;

  for (const part of scriptedParts(script)) yield writer.part(part);
  if (script.cut === 'error-event')
    yield writer.error({ message: 'the model crashed', type: 'server_error' });
  if (script.cut === 'malformed') yield 'data: {"id": "chatcmpl-scr\n\n';
  if (!script.cut && !script.withoutDone) yield writer.end();
}

function* scriptedParts(script: ScriptedReply): Generator<ReplyPart> {
  if (script.text === '') yield { type: 'text', text: '' };
  for (const text of pieces(script.text ?? '')) yield { type: 'text', text };
  for (const text of pieces(script.refusal ?? '')) yield { type: 'refusal', text };
  for (const [index, { id = `call_${index}`, name, arguments: given }] of (
    script.toolCalls ?? []
  ).entries()) {
    yield { type: 'tool-call', index, id, name, arguments: '' };
    for (const piece of pieces(given))
      yield { type: 'tool-call', index, id: undefined, name: undefined, arguments: piece };
  }
  if (script.cut) return;
  if (script.usage !== null) yield { type: 'usage', usage: usageOf(script) };
  yield { type: 'finish', reason: finishReason(script) };
}

function headOf(script: ScriptedReply, body: ChatRequestBody) {
  const model = script.model ?? `${body.model}-2026-01-01`;
  return { id: 'chatcmpl-scripted', created: 1_700_000_000, model };
}

/** Text in pieces of a few characters, as tokens come. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}/g) ?? [];
}

function finishReason(script: ScriptedReply): string {
  return script.finishReason ?? (script.toolCalls?.length ? 'tool_calls' : 'stop');
}

function usageOf({ usage }: ScriptedReply) {
  const { input = 10, output = 5, cached = 0, reasoning = 0 } = usage ?? {};
  const tokens = { inputTokens: input, outputTokens: output };
  return { ...tokens, cachedInputTokens: cached, reasoningTokens: reasoning };
}
