import { contentHash } from '../model/hash.ts';
import { emptyOutput } from '../model/output.ts';
import { inputText } from './agentRequest.ts';
import { ASKS_NOBODY } from './capabilities.ts';
import type { Target, TargetRequest } from './target.ts';

export interface EchoTargetOptions {
  name: string;
  /** What is said back; the case's input where nothing is given. Throws UserError, e.g. PromptError. */
  render?: { text: (request: TargetRequest) => string /** Hash of what is rendered. */; hash: string };
}

/** Says back what it was given: for trying out evaluators, and to measure the engine without a model. */
export function createEchoTarget({ name, render }: EchoTargetOptions): Target {
  return {
    name,
    kind: 'echo',
    capabilities: ASKS_NOBODY,
    lane: `echo:${name}`,
    hash: contentHash({ kind: 'echo', render: render?.hash ?? null }),
    async call(request, { signal }) {
      signal.throwIfAborted();
      const text = render ? render.text(request) : inputText(request);
      // No model is asked and nothing is spent: this cost is known, and it is 0.
      return { ...emptyOutput(), status: 'complete', text, costUsd: 0, finishReason: 'stop' };
    },
    async close() {},
  };
}
