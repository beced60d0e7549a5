import type { Redactor } from '../../http/redactor.ts';
import type { Output } from '../../model/output.ts';
import type { SourceReason } from '../../model/replySource.ts';
import type { Clock } from '../../ports.ts';
import type { FallbackChain } from '../../resilience/fallback.ts';
import type { ModelClient } from '../modelClient.ts';
import type { BufferedReplies } from './bufferedReplies.ts';
import { digest } from './exactKey.ts';

/** What may answer in place of an agent. */
export type AgentStep =
  | { kind: 'cache' }
  | { kind: 'model'; client: ModelClient }
  | { kind: 'fixed'; answer: string };

/** A request to an agent: its name, and all that tells requests apart. */
export interface AskedAgent {
  agent: string;
  parts: readonly unknown[];
}

type Answer = Output & { status: 'complete' };

/** What is kept of an agent's own answer. */
interface KeptAnswer {
  agent: string;
  answer: Pick<Answer, 'text' | 'json' | 'toolCalls' | 'steps' | 'finishReason' | 'model'>;
}

interface AgentFallbacksOptions {
  chain: FallbackChain<AgentStep>;
  /** Undefined where the exact cache is not configured. */
  replies: BufferedReplies | undefined;
  redactor: Redactor;
  clock: Clock;
  onFallback?: ((agent: string) => void) | undefined;
}

/** What stands beside one agent: its chain, and its earlier answers to the very same requests. */
export class AgentFallbacks {
  readonly chain: FallbackChain<AgentStep>;
  readonly #options: AgentFallbacksOptions;

  constructor(options: AgentFallbacksOptions) {
    this.chain = options.chain;
    this.#options = options;
  }

  /** One of the steps has answered. */
  used(agent: string): void {
    this.#options.onFallback?.(agent);
  }

  find(asked: AskedAgent, why: SourceReason): Answer | undefined {
    const { replies, clock } = this.#options;
    const key = keyOf(asked);
    const now = clock.now();
    const found = replies?.find(key, now);
    if (!found) return undefined;

    replies?.touch(key, now);
    const { agent, answer } = JSON.parse(found.body) as KeptAnswer;
    const ageMs = Math.max(0, now - found.createdAt);
    return {
      ...answer,
      status: 'complete',
      usage: { inputTokens: 0, outputTokens: 0 },
      costUsd: 0,
      latencyMs: 0,
      source: { kind: 'cache', why, model: agent, ageMs, promptHash: key },
    };
  }

  /** Only what the agent said itself. */
  keep(asked: AskedAgent, output: Answer): void {
    const { replies, redactor, clock } = this.#options;
    if (!replies || output.source) return;

    const { text, toolCalls, steps, finishReason } = output;
    const answer: KeptAnswer['answer'] = { text, toolCalls, steps, finishReason };
    if (output.json !== undefined) answer.json = output.json;
    if (output.model !== undefined) answer.model = output.model;
    const kept: KeptAnswer = { agent: asked.agent, answer: redactor.value(answer) };
    const [key, now] = [keyOf(asked), clock.now()];
    replies.put({ key, partition: '', createdAt: now, question: null, body: JSON.stringify(kept) }, now);
  }
}

function keyOf({ agent, parts }: AskedAgent): string {
  return digest(['agent', agent, ...parts]);
}
