import type { ChatRequestBody, ScriptedReply } from './openaiServer.ts';

/** The body of an unstreamed chat completion, in the API's shape. */
export function completionBody(script: ScriptedReply, body: ChatRequestBody) {
  const calls = script.toolCalls?.map((call, index) => ({
    id: call.id ?? `call_${index}`,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: script.model ?? `${body.model}-2026-01-01`,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: script.text ?? null,
          refusal: script.refusal ?? null,
          ...(calls ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: script.cut ? null : finishReason(script),
      },
    ],
    ...(script.usage === null ? {} : { usage: usageOf(script) }),
    system_fingerprint: 'fp_scripted',
  };
}

/** The server-sent events of a streamed chat completion, one string for each write to the socket. */
export function* streamEvents(script: ScriptedReply, body: ChatRequestBody): Generator<string> {
  const chunk = (delta: object, finish: string | null = null) =>
    event({ ...head(script, body), choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });

  yield chunk({ role: 'assistant', content: '', refusal: null });
  if (script.cut === 'before-tokens') return;
  for (const piece of pieces(script.text ?? '')) yield chunk({ content: piece });
  for (const piece of pieces(script.refusal ?? '')) yield chunk({ refusal: piece });
  for (const [index, call] of (script.toolCalls ?? []).entries()) {
    const { name } = call;
    const id = call.id ?? `call_${index}`;
    yield chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
    for (const piece of pieces(call.arguments)) {
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  if (script.cut === 'error-event')
    yield event({ error: { message: 'the model crashed', type: 'server_error' } });
  if (script.cut === 'malformed') yield 'data: {"id": "chatcmpl-scr\n\n';
  if (script.cut) return;
  yield chunk({}, finishReason(script));
  if (script.withoutDone) return;
  const options = body.stream_options as { include_usage?: boolean } | undefined;
  if (options?.include_usage && script.usage !== null) {
    yield event({ ...head(script, body), choices: [], usage: usageOf(script) });
  }
  yield 'data: [DONE]\n\n';
}

function head(script: ScriptedReply, body: ChatRequestBody) {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: script.model ?? `${body.model}-2026-01-01`,
    system_fingerprint: 'fp_scripted',
  };
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Text in pieces of a few characters, as tokens come. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}/g) ?? [];
}

function finishReason(script: ScriptedReply): string {
  return script.finishReason ?? (script.toolCalls?.length ? 'tool_calls' : 'stop');
}

function usageOf(script: ScriptedReply) {
  const { input = 10, output = 5, cached = 0, reasoning = 0 } = script.usage ?? {};
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  };
}
