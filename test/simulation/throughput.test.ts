import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Clock } from '../../src/engine/ports.ts';
import { AdaptiveLimit } from '../../src/engine/resilience/limit/adaptiveLimit.ts';
import { Pace } from '../../src/engine/resilience/pace/pace.ts';
import { type CallersResult, figures, simulateCallers } from './callers.ts';
import type { ServerLimit, ServerOptions, ServerWords } from './providerServer.ts';

const layer =
  (max = 300) =>
  (clock: Clock) => [new AdaptiveLimit({ adaptive: true, min: 1, max }, clock), new Pace({}, clock)];
const bucket = (perSecond: number, capacity = perSecond) => ({ capacity, perMs: perSecond / 1000 });

function provider(limit: ServerLimit, words: ServerWords = 'nothing'): ServerOptions {
  return { limit, words, latencyMs: [50, 2000], refusalMs: [20, 80] };
}

/** 300 callers for 80 seconds. */
function called(server: ServerOptions, seed: number, policies = layer()): Promise<CallersResult> {
  return simulateCallers({ server, callers: 300, durationMs: 80_000, seed, policies });
}

const SEEDS = [1, 2, 3];
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a provider that allows 100 requests a second', () => {
  for (const words of ['nothing', 'retry-after-ms', 'retry-after-s'] as const)
    it(`gets at least 95 of them, and refuses at most 1 %, from the start on (says ${words})`, async () => {
      const server = provider({ kind: 'requests', size: bucket(100) }, words);
      const results = await Promise.all(SEEDS.map((seed) => called(server, seed)));
      const whole = results.map((result) => figures(result, 0, 80_000));
      const steady = results.map((result) => figures(result, 20_000, 80_000));

      for (const { failed } of results) assert.equal(failed, 0);
      assert.ok(mean(steady.map(({ answeredPerSecond }) => answeredPerSecond)) >= 95, JSON.stringify(steady));
      assert.ok(mean(steady.map(({ refusedShare }) => refusedShare)) <= 0.01, JSON.stringify(steady));
      assert.ok(mean(whole.map(({ refusedShare }) => refusedShare)) <= 0.01, JSON.stringify(whole));
    });
});

describe('a provider without a limit', () => {
  it('gets as many calls at once as it may have', async () => {
    const result = await called(provider({ kind: 'none' }), 1);
    assert.ok(
      figures(result, 5000, 80_000).answeredPerSecond >= 285,
      JSON.stringify(figures(result, 5000, 80_000)),
    );
  });
});
