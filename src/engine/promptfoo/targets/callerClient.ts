import { defined } from '../../model/defined.ts';
import type { Message } from '../../model/message.ts';
import { wholeClient } from '../../models/clientForms.ts';
import { type CallOptions, type ModelClient, ModelError, type ModelReply } from '../../models/modelClient.ts';
import { GEN_AI } from '../../telemetry/attributes.ts';
import type { PromptfooCaller } from './promptfooCaller.ts';

/** Who answers, by its reference: `program/judge.mjs`. */
export function callerIdentity(reference: string): Pick<ModelClient, 'provider' | 'model'> {
  const slash = reference.indexOf('/');
  return { provider: reference.slice(0, slash), model: reference.slice(slash + 1) };
}

/**
 * A provider of promptfoo's in the place of a model, as promptfoo asks programs to judge: they get the chat as JSON, or the
 * text of a single message. Throws ModelError for what they report as an error.
 */
export function callerClient(reference: string, caller: PromptfooCaller): ModelClient {
  const identity = callerIdentity(reference);
  return wholeClient(identity, async ({ messages }, options) => {
    const span = options.span.child(`chat ${identity.model}`, {
      [GEN_AI.operationName]: 'chat',
      [GEN_AI.providerName]: identity.provider,
      [GEN_AI.requestModel]: identity.model,
    });
    try {
      const reply = await ask(caller, messages, identity.model, { ...options, span });
      span.end();
      return reply;
    } catch (error) {
      span.end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  });
}

async function ask(
  caller: PromptfooCaller,
  messages: readonly Message[],
  model: string,
  { signal, span, timeoutMs, trial = 0, pool, caller: asking }: CallOptions,
): Promise<ModelReply> {
  const request = { case: { id: 'judge' }, trial, seed: 0 };
  const context = { signal, span, timeoutMs, ...defined({ pool, caller: asking }) };
  const output = await caller.call(promptOf(messages), {}, request, context);
  const { text, usage, costUsd, latencyMs } = output;
  const base = {
    text,
    toolCalls: [],
    usage,
    costUsd,
    model,
    responseId: null,
    latencyMs,
    firstTokenMs: null,
  };
  switch (output.status) {
    case 'complete':
      return { ...base, status: 'complete', finishReason: output.finishReason ?? 'stop' };
    case 'incomplete':
      return { ...base, status: 'incomplete', finishReason: null, reason: output.reason };
    case 'error':
      throw new ModelError('server', output.error.message, { transient: output.error.transient });
  }
}

function promptOf(messages: readonly Message[]): string {
  const [only, ...more] = messages;
  if (only && more.length === 0 && typeof only.content === 'string') return only.content;
  return JSON.stringify(messages.map(({ role, content }) => ({ role, content })));
}
