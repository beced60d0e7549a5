import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { AdaptiveLimit } from '../../../../src/engine/resilience/limit/adaptiveLimit.ts';
import type { LimitConfig } from '../../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { type Asked, ask, callFacts, ending } from '../../../support/policyCalls.ts';

interface Call {
  caller: string;
  most: number;
  deadline: number;
  stop: AbortController;
  asked: { now: Asked };
  /** What the reference knows. */
  state: 'granted' | 'waiting' | 'gone' | 'ended';
}

interface Real {
  clock: ManualClock;
  limit: AdaptiveLimit;
  config: LimitConfig;
  calls: Call[];
  /** Callers with waiting calls, in the order of their turns. */
  turns: string[];
}

type Command = fc.AsyncCommand<object, Real>;

const inState = ({ calls }: Real, state: Call['state']) => calls.filter((call) => call.state === state);

/** Whoever has leave now has it by turns; no more are under way than the limit, the cap and the callers allow. */
async function check(real: Real): Promise<void> {
  await settled();
  const granted = inState(real, 'waiting').filter(({ asked }) => asked.now.state === 'granted');
  for (const _ of granted) {
    real.turns = real.turns.filter((caller) =>
      inState(real, 'waiting').some((call) => call.caller === caller),
    );
    const caller = real.turns.shift() ?? assert.fail('nobody has a turn');
    const [next, ...others] = inState(real, 'waiting').filter((call) => call.caller === caller);
    assert.equal(next?.asked.now.state, 'granted', 'another one had the turn');
    if (next) next.state = 'granted';
    if (others.length > 0) real.turns.push(caller);
  }

  real.turns = real.turns.filter((caller) => inState(real, 'waiting').some((call) => call.caller === caller));
  for (const { asked, state } of real.calls) {
    if (state === 'waiting') assert.equal(asked.now.state, 'waiting');
    if (state === 'gone') assert.ok(asked.now.state === 'rejected' || asked.now.state === 'failed');
  }
  const { now, underWay, waiting } = real.limit.health();
  assert.equal(underWay, inState(real, 'granted').length);
  assert.equal(waiting, inState(real, 'waiting').length);
  if (granted.length > 0) checkLimits(real, now, underWay);
}

function checkLimits(real: Real, now: number, underWay: number): void {
  assert.ok(underWay <= now && now <= real.config.max);
  assert.ok(underWay <= Math.min(...inState(real, 'granted').map(({ most }) => most)));
}

const begin = (caller: string, most: number, lastsMs: number): Command => ({
  check: () => true,
  toString: () => `begin(${caller}, ${most}, ${lastsMs})`,
  run: async (_, real) => {
    const stop = new AbortController();
    const deadline = real.clock.monotonic() + lastsMs;
    const asked = ask(() =>
      real.limit.policy(most).admit(callFacts({ caller, deadline, signal: stop.signal })),
    );
    const call: Call = { caller, most, deadline, stop, asked, state: 'waiting' };
    if (asked.now.state === 'granted') {
      assert.equal(inState(real, 'waiting').length, 0, 'nobody passes those who wait');
      call.state = 'granted';
    }
    real.calls.push(call);
    if (call.state === 'granted') checkLimits(real, real.limit.health().now, real.limit.health().underWay);
    if (call.state === 'waiting' && !real.turns.includes(caller)) real.turns.push(caller);
    await check(real);
  },
});

const end = (
  at: number,
  kind: 'done' | 'rate-limited' | 'overloaded' | 'transient',
  durationMs: number,
): Command => ({
  check: () => true,
  toString: () => `end(${at}, ${kind}, ${durationMs})`,
  run: async (_, real) => {
    const underWay = inState(real, 'granted');
    const call = underWay[at % Math.max(1, underWay.length)];
    if (call?.asked.now.state !== 'granted') return;
    call.state = 'ended';
    call.asked.now.permit.settle(ending(kind, { durationMs }));
    call.asked.now.permit.settle(ending('done'));
    await check(real);
  },
});

const stop = (at: number): Command => ({
  check: () => true,
  toString: () => `stop(${at})`,
  run: async (_, real) => {
    const calls = inState(real, 'waiting');
    const call = calls[at % Math.max(1, calls.length)];
    if (!call) return;
    call.state = 'gone';
    call.stop.abort('stopped');
    await check(real);
  },
});

const pass = (ms: number): Command => ({
  check: () => true,
  toString: () => `pass(${ms})`,
  run: async (_, real) => {
    await real.clock.advance(ms);
    for (const call of inState(real, 'waiting'))
      if (call.asked.now.state === 'rejected') {
        assert.ok(call.deadline <= real.clock.monotonic());
        call.state = 'gone';
      }
    await check(real);
    for (const call of inState(real, 'waiting')) assert.ok(call.deadline > real.clock.monotonic());
  },
});

const configure = (config: LimitConfig): Command => ({
  check: () => true,
  toString: () => `configure(${JSON.stringify(config)})`,
  run: async (_, real) => {
    real.config = config;
    real.limit.configure(config);
    await check(real);
  },
});

const configs: fc.Arbitrary<LimitConfig> = fc.record({
  adaptive: fc.constantFrom(true, true, false),
  min: fc.constant(1),
  max: fc.constantFrom(1, 2, 5, 20, 40),
});
const begins = fc.tuple(
  fc.constantFrom('a', 'b', 'c'),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 4, 1),
  fc.constantFrom(50, 500, 5000, 1e9),
);
const ends = fc.tuple(
  fc.nat(50),
  fc.constantFrom(
    'done' as const,
    'done' as const,
    'rate-limited' as const,
    'overloaded' as const,
    'transient' as const,
  ),
  fc.constantFrom(1, 100, 3000),
);

const commands = fc.commands<object, Real, false>(
  [
    begins.map((given) => begin(...given)),
    begins.map((given) => begin(...given)),
    begins.map((given) => begin(...given)),
    ends.map((given) => end(...given)),
    ends.map((given) => end(...given)),
    fc.nat(50).map(stop),
    fc.constantFrom(1, 30, 700, 20_000).map(pass),
    configs.map(configure),
  ],
  { maxCommands: 120, size: '+1' },
);

describe('adaptive limit and its reference', function () {
  this.timeout(120_000);

  it('agree on every turn; no permit is lost or given twice, and every waiter settles', async () => {
    await fc.assert(
      fc.asyncProperty(configs, commands, async (config, steps) => {
        const clock = new ManualClock();
        const real: Real = { clock, limit: new AdaptiveLimit(config, clock), config, calls: [], turns: [] };
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);

        // Everybody who still waits comes to the turn once the others end.
        for (let round = 0; real.calls.some(({ asked }) => asked.now.state === 'waiting'); round++) {
          assert.ok(round < 500, 'somebody waits for ever');
          for (const call of inState(real, 'granted')) {
            call.state = 'ended';
            if (call.asked.now.state === 'granted')
              call.asked.now.permit.settle(ending('done', { durationMs: 10 }));
          }
          await pass(5000).run({}, real);
        }
        assert.equal(clock.timers, 0);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
    );
  });
});
