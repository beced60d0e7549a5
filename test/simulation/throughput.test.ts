import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Clock } from '../../src/engine/ports.ts';
import { AdaptiveLimit } from '../../src/engine/resilience/limit/adaptiveLimit.ts';
import { Pace } from '../../src/engine/resilience/pace/pace.ts';
import type { Policy } from '../../src/engine/resilience/policy.ts';
import type { LimitConfig } from '../../src/engine/resilience/resilienceConfig.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { type CallersResult, figures, simulateCallers } from './callers.ts';
import type { ServerLimit, ServerOptions } from './providerServer.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const END_MS = 80_000;
const SETTLED_MS = 20_000;
const SEEDS = [1, 2, 3];

const layer =
  (config: Partial<LimitConfig> = {}) =>
  (clock: Clock): Policy[] => [
    new AdaptiveLimit({ adaptive: true, min: 1, max: 300, ...config }, clock),
    new Pace({}, clock),
  ];

function run(
  { server, tokens = [1000, 1000] }: Scenario,
  seed: number,
  policies = layer(),
): Promise<CallersResult> {
  return simulateCallers({ server, callers: 300, durationMs: END_MS, seed, policies, tokens });
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('300 callers of a provider that allows', function () {
  this.timeout(60_000);

  for (const scenario of SCENARIOS)
    it(scenario.name, async () => {
      const { allowed, change, used, refused } = scenario;
      const results = await Promise.all(SEEDS.map((seed) => run(scenario, seed)));
      const rates = (fromMs: number, toMs: number) =>
        mean(results.map((result) => figures(result, fromMs, toMs).answeredPerSecond));
      const refusals = (fromMs: number) =>
        mean(results.map((result) => figures(result, fromMs, END_MS).refusedShare));

      assert.deepEqual(
        results.map(({ failed }) => failed),
        [0, 0, 0],
        'nobody fails',
      );
      const first = rates(SETTLED_MS, change?.laterMs ?? END_MS) / allowed;
      assert.ok(first >= used, `${first} used`);
      if (change) {
        const second = rates(change.laterMs + SETTLED_MS, END_MS) / change.later;
        assert.ok(second >= used, `${second} used after the change`);
      }
      assert.ok(refusals(SETTLED_MS) <= refused.settled, `${refusals(SETTLED_MS)} refused once settled`);
      assert.ok(refusals(0) <= refused.whole, `${refusals(0)} refused from the start`);
    });
});

describe('a fixed limit beside an adaptive one', function () {
  this.timeout(60_000);

  const [scenario] = SCENARIOS;
  assert.ok(scenario);

  it('uses less where it is too low', async () => {
    const result = await run(scenario, 1, layer({ adaptive: false, max: 64 }));
    assert.ok(figures(result, SETTLED_MS, END_MS).answeredPerSecond < 70);
  });

  it('is refused more where it is too high', async () => {
    const result = await run(scenario, 1, layer({ adaptive: false, max: 150 }));
    assert.ok(figures(result, SETTLED_MS, END_MS).refusedShare > 0.05);
  });
});

describe('callers of providers drawn at random', function () {
  this.timeout(120_000);

  it('come to their ends, use most of what is allowed, and are seldom refused', async () => {
    const all = 300;
    for (let seed = 1; seed <= all; seed++) {
      const { server, callers, tokens } = drawn(seed);
      const result = await simulateCallers({
        server,
        callers,
        durationMs: 20_000,
        seed,
        policies: layer(),
        tokens,
      });
      const told = `seed ${seed}: ${JSON.stringify({ server, callers })}`;
      const { refusedShare } = figures(result, 5000, 20_000);
      assert.ok(result.done >= callers, told);
      assert.ok(result.failed <= 0.07 * result.done + 2, `${result.failed} failed, ${told}`);
      assert.ok(refusedShare <= 0.35, `${refusedShare} refused, ${told}`);
    }
  });
});

function drawn(seed: number): { server: ServerOptions; callers: number; tokens: [number, number] } {
  const random = seededRandom(seed * 7919);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const perSecond = pick([5, 20, 50]);
  const size = { capacity: pick([0.2, 1, 10]) * perSecond, perMs: perSecond / 1000 };
  const limits: ServerLimit[] = [
    { kind: 'none' },
    { kind: 'requests', size },
    {
      kind: 'requests',
      size,
      later: { fromMs: 8000, size: { ...size, perMs: size.perMs * pick([0.5, 2]) } },
    },
    { kind: 'tokens', size: { capacity: Math.max(2000, size.capacity * 1000), perMs: size.perMs * 1000 } },
    { kind: 'concurrency', most: pick([3, 10, 40]) },
    { kind: 'window', most: perSecond * 5, ms: 5000 },
  ];
  const slowest = pick([100, 1000, 4000]);
  return {
    server: {
      limit: pick(limits),
      words: pick(['nothing', 'retry-after-ms', 'retry-after-s', 'headers']),
      latencyMs: [slowest / 20, slowest],
      refusalMs: [1, 50],
    },
    callers: pick([3, 20, 60]),
    tokens: [100, 1900],
  };
}
