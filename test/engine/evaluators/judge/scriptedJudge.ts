import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import {
  type CallOptions,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../../../src/engine/models/modelClient.ts';
import { noSpan } from '../../../../src/engine/ports.ts';

export const identity = { provider: 'p', model: 'm', endpoint: 'http://127.0.0.1:1/v1' };
export const context = { signal: new AbortController().signal, span: noSpan };

export const whole: Extract<ModelReply, { status: 'complete' }> = {
  status: 'complete',
  text: '',
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 2 },
  costUsd: 0.5,
  model: 'm-1',
  responseId: 'r',
  latencyMs: 12.5,
  firstTokenMs: 3,
  finishReason: 'stop',
};

/** Answers one text or reply after the other, or fails. */
export function judge(...answers: (string | ModelReply | Error)[]) {
  const asked: { request: ModelRequest; options: CallOptions }[] = [];
  const client = wholeClient(identity, async (request, options) => {
    const answer = answers[asked.length] ?? '';
    asked.push({ request, options });
    if (answer instanceof Error) throw answer;
    return typeof answer === 'string' ? { ...whole, text: answer } : answer;
  });
  return { client, asked };
}

export function failure(code: 'server' | 'network' | 'not-recorded', status?: number): ModelError {
  return new ModelError(code, 'it broke', { transient: false, ...(status === undefined ? {} : { status }) });
}
