import type { Clock } from '../../src/engine/ports.ts';
import type { Decision } from '../../src/engine/resilience/decision.ts';
import type { CallFacts, Ending, Permit, Policy } from '../../src/engine/resilience/policy.ts';
import { DEFAULT_RESILIENCE } from '../../src/engine/resilience/resilienceConfig.ts';
import { nextWait } from '../../src/engine/resilience/retry/nextWait.ts';
import { VirtualClock } from '../../src/engine/simulate/virtualClock.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { ProviderServer, type ServerOptions } from './providerServer.ts';

export interface CallersOptions {
  server: ServerOptions;
  callers: number;
  /** How long they go on calling, in milliseconds. */
  durationMs: number;
  seed: number;
  /** In the order in which calls pass them. */
  policies(clock: Clock): readonly Policy[];
  /** Of each call; drawn uniformly between both. */
  tokens?: [number, number];
}

export interface CallersResult {
  /** Of every attempt: when it was sent, whether it was refused, and how many tokens it took. */
  sent: { at: number; refused: boolean; tokens: number }[];
  done: number;
  failed: number;
}

const { signal } = new AbortController();

/** Callers that call a provider one call after another, each repeated as the layer repeats them, in virtual time. */
export function simulateCallers(options: CallersOptions): Promise<CallersResult> {
  const clock = new VirtualClock();
  const random = seededRandom(options.seed);
  const server = new ProviderServer(options.server, random);
  const policies = options.policies(clock);
  const result: CallersResult = { sent: [], done: 0, failed: 0 };
  const [least, most] = options.tokens ?? [1000, 1000];

  const attempt = async (tokens: number): Promise<Ending> => {
    const begun = clock.monotonic();
    const answer = server.receive(begun, tokens);
    result.sent.push({ at: begun, refused: answer.refused, tokens });
    await clock.sleep(answer.durationMs);
    if (!answer.refused) server.finished();

    const now = clock.monotonic();
    const { retryAfterMs, left } = answer;
    const until = retryAfterMs === undefined ? undefined : now + retryAfterMs;
    const decision: Decision = answer.refused ? { kind: 'rate-limited', until } : { kind: 'done' };
    const ending: Ending = {
      decision,
      durationMs: answer.durationMs,
      silentMs: answer.durationMs,
      tokens: answer.refused ? 0 : tokens,
      costUsd: null,
    };
    if (left) {
      const { remaining, resetMs, limit } = left;
      ending.allowance = { [left.unit]: { remaining, resetAt: now + resetMs, limit } };
    }
    return ending;
  };

  const call = async (caller: string) => {
    const tokens = Math.round(least + random() * (most - least));
    const facts: CallFacts = {
      pool: 'target',
      caller,
      estimate: { tokens, costUsd: null },
      signal,
      deadline: clock.monotonic() + 600_000,
    };
    let named = 0;
    for (let made = 1; ; made++) {
      const permits: Permit[] = [];
      for (const policy of policies) permits.unshift(await policy.admit(facts));
      const ending = await attempt(tokens);
      for (const permit of permits) permit.settle(ending);
      if (ending.decision.kind === 'done') return result.done++;

      const next = nextWait(made - named, ending, {
        config: DEFAULT_RESILIENCE.retry,
        now: clock.monotonic(),
        deadline: facts.deadline,
        chance: random(),
        tokens,
        handedOn: false,
        probe: false,
        named,
      });
      if ('stop' in next) return result.failed++;
      if (next.named) named++;
      await clock.sleep(next.waitMs);
    }
  };

  const caller = async (name: string) => {
    while (clock.monotonic() < options.durationMs) await call(name);
  };
  return clock.run(async () => {
    await Promise.all(Array.from({ length: options.callers }, (_, index) => caller(`run-${index % 3}`)));
    return result;
  });
}

/** Of what was sent from `fromMs` to `toMs`: answered a second, and the share that was refused. */
export function figures({ sent }: CallersResult, fromMs: number, toMs: number) {
  const within = sent.filter(({ at }) => at >= fromMs && at < toMs);
  const answered = within.filter(({ refused }) => !refused);
  const seconds = (toMs - fromMs) / 1000;
  return {
    answeredPerSecond: answered.length / seconds,
    tokensPerSecond: answered.reduce((sum, { tokens }) => sum + tokens, 0) / seconds,
    refusedShare: within.length === 0 ? 0 : 1 - answered.length / within.length,
  };
}
