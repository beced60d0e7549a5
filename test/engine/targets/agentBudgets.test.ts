import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { emptyOutput, type Output } from '../../../src/engine/model/output.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import { memoryLedger } from '../../../src/engine/resilience/budget/memoryLedger.ts';
import { TYPICAL_TOKENS } from '../../../src/engine/resilience/policy.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import type { PoolConfig } from '../../../src/engine/resilience/resilienceConfig.ts';
import {
  type AgentContext,
  guardedOutput,
  statedAttempt,
} from '../../../src/engine/targets/guardedOutput.ts';
import { stillRandom } from '../../support/stillRandom.ts';
import { manualClock } from '../models/manualClock.ts';

const ANSWER: Output = { ...emptyOutput(), status: 'complete', text: 'fine' };

function opened(limits: Omit<PoolConfig, 'whenFull'>) {
  const clock = manualClock(0);
  const guards = new ProviderGuards({ clock, random: stillRandom });
  const ledger = memoryLedger();
  guards.pools.configure({ agents: { ...limits, whenFull: 'reject' } }, () => ledger);
  const guard = guards.of({ provider: 'agent', origin: 'http://agent', credential: [] });
  const { signal } = new AbortController();

  const call = (answer: Partial<Output> = {}, more: Partial<AgentContext> = {}) => {
    const context = { signal, span: noSpan, timeoutMs: 10_000, pool: 'agents', ...more };
    return guardedOutput({ guard, clock }, context, async () =>
      statedAttempt({ ...ANSWER, ...answer } as Output),
    );
  };
  return { call, used: () => ledger.used('agents', clock.now()), guard, clock, signal };
}

describe('the hourly budget of agents', () => {
  it('counts a call that does not say what it used as its input and a typical answer', async () => {
    const { call, used } = opened({ tokensPerHour: 2 * TYPICAL_TOKENS + 500 });
    await call({}, { inputTokens: () => 300 });
    assert.equal(used().tokens.used, TYPICAL_TOKENS + 300);
    await assert.rejects(call({}, { inputTokens: () => 300 }), /used up/);
    await call({}, { inputTokens: () => 200 });
    assert.equal(used().tokens.used, 2 * TYPICAL_TOKENS + 500);
  });

  it('lets no call in that may use more than an hour allows, before anything is known of it', async () => {
    const { call } = opened({ tokensPerHour: 100 });
    await assert.rejects(
      call(),
      /this call may use more than .* allows \(100 tokens an hour\); raise the limit/,
    );
  });

  it('counts what a call used where it says so, and expects no less of the next one', async () => {
    const { call, used } = opened({ tokensPerHour: 20_000 });
    await call({ usage: { inputTokens: 9000, outputTokens: 100 } });
    assert.equal(used().tokens.used, 9100);
    await call({ usage: { inputTokens: 10, outputTokens: 0 } });
    assert.equal(used().tokens.used, 9110);
    await call();
    assert.equal(used().tokens.used, 18_210);
    await assert.rejects(call(), /used up/);
  });

  it('counts nothing for a call that was turned away', async () => {
    const { call, used } = opened({ tokensPerHour: 20_000, costPerHourUsd: 1 });
    const error = { code: 'start', message: 'no process', transient: true };
    await call({ status: 'error', error });
    assert.deepEqual([used().tokens.used, used().costUsd.used], [0, 0]);
  });

  it('prices an answer by the model that it names, and so may go on in dollars', async () => {
    const { call, used } = opened({ costPerHourUsd: 0.5 });
    const answer = { usage: { inputTokens: 100_000, outputTokens: 25_000 }, model: 'gpt-5-mini' };
    const priceOf = (model: string) => (model === 'gpt-5-mini' ? { input: 1, output: 4 } : undefined);
    assert.equal((await call(answer, { priceOf })).costUsd, 0.2);
    assert.equal(used().costUsd.used, 0.2);
    await call(answer, { priceOf });
    await assert.rejects(call(answer, { priceOf }), /used up \(\$0\.50+ an hour\)/);
  });

  const UNPRICED: [string, Partial<Output>, RegExp][] = [
    ['nothing', {}, /the target reported neither a cost nor its usage and model; make it report one of them/],
    [
      'its usage alone',
      { usage: { inputTokens: 1, outputTokens: 1 } },
      /reported no model; make it report the model/,
    ],
    ['its model alone', { model: 'm' }, /reported no usage; make it report its tokens/],
    [
      'a model without a price',
      { model: 'm', usage: { inputTokens: 1, outputTokens: 1 } },
      /the price of m is unknown; set it under providers/,
    ],
  ];
  for (const [said, answer, why] of UNPRICED)
    it(`says why it lets no more in, and what to do, where an agent says ${said}`, async () => {
      const { call } = opened({ costPerHourUsd: 1 });
      await call(answer);
      await assert.rejects(call(answer), (error: Error) => {
        assert.match(error.message, /is in dollars, and the cost of this call is unknown/);
        assert.match(error.message, why);
        assert.match(error.message, /or limit tokens_per_hour in place of cost_per_hour_usd$/);
        return true;
      });
    });
});
