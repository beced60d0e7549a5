import assert from 'node:assert/strict';
import {
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IBackoffFactory,
  type IBreaker,
  isBrokenCircuitError,
  noJitterGenerator,
  SamplingBreaker,
} from 'cockatiel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Breaker } from '../../../../src/engine/resilience/breaker/breaker.ts';
import {
  type BreakerConfig,
  DEFAULT_RESILIENCE,
} from '../../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { ask, callFacts, ending } from '../../../support/policyCalls.ts';
import { stillRandom } from '../../../support/stillRandom.ts';

type Step = { call: 'succeeds' | 'fails' } | { passMs: number };
/** What came of a call: it was made, or not; or it was made, and opened the breaker although it succeeded. */
type Outcome = 'made' | 'refused' | 'opened by success';

const NEVER = 1_000_000;

/**
 * Sequences of calls, one after the other, through this breaker and through cockatiel's. They differ on purpose:
 *
 * - A rate opens this one from the limit on, also where a success completes the minimum of calls; cockatiel's only beyond the
 *   limit, and only with a failure.
 * - After closing, this one begins with an empty window; in cockatiel's, the last probe counts as its first call.
 * - Here, a call that began before a change of state has no say in it afterwards; there it has.
 * - Here, calls beyond the probes are refused or wait within their deadline; there, they wait as long as a probe hangs.
 * - Here, calls that lie half an hour back are forgotten; there, a window that is not used keeps what it has.
 * - Here, a breaker that opens soon after it has closed stays open as long as it last did, or longer; there, it begins anew.
 */
describe('circuit breaker and cockatiel’s', function () {
  this.timeout(60_000);
  const systemNow = Date.now;
  let clock: ManualClock;

  beforeEach(() => {
    clock = new ManualClock();
    Date.now = () => clock.now();
  });

  afterEach(() => {
    Date.now = systemNow;
  });

  function ours(config: Partial<BreakerConfig>): (step: Step) => Outcome {
    const defaults = DEFAULT_RESILIENCE.breaker ?? assert.fail();
    const rules = { failures: NEVER, failureRate: 1.1, slowRate: 1.1, openMaxMs: 10_000, openMs: 10_000 };
    const breaker = new Breaker({ ...defaults, ...rules, ...config }, { clock, random: stillRandom });

    return (step) => {
      if ('passMs' in step) return 'made';
      const asked = ask(() => breaker.admit(callFacts())).now;
      if (asked.state !== 'granted') return 'refused';

      const before = breaker.health().state;
      asked.permit.settle(ending(step.call === 'fails' ? 'transient' : 'done'));
      const after = breaker.health().state;
      if (step.call === 'succeeds' && before === 'closed' && after === 'open') return 'opened by success';
      // Cockatiel’s window begins with the probe that closed it.
      if (before === 'half-open' && after === 'closed') {
        const again = ask(() => breaker.admit(callFacts())).now;
        if (again.state === 'granted') again.permit.settle(ending('done'));
      }
      return 'made';
    };
  }

  function theirs(
    breaker: IBreaker,
    calls: number,
    halfOpenAfter: number | IBackoffFactory<object> = 10_000,
  ): (step: Step) => Promise<Outcome> {
    const options = { breaker, halfOpenAfter, halfOpenSampling: { calls, threshold: 0 } };
    const policy = circuitBreaker(handleAll, options);
    return async (step) => {
      if ('passMs' in step) return 'made';
      try {
        await policy.execute(() => (step.call === 'fails' ? Promise.reject(new Error('503')) : 'text'));
        return 'made';
      } catch (error) {
        return isBrokenCircuitError(error) ? 'refused' : 'made';
      }
    };
  }

  async function compare(
    steps: Step[],
    one: (step: Step) => Outcome,
    other: (step: Step) => Promise<Outcome>,
  ): Promise<void> {
    for (const [at, step] of steps.entries()) {
      if ('passMs' in step) clock.pass(step.passMs);
      const here = one(step);
      if (here === 'opened by success') return;
      assert.equal(here, await other(step), `step ${at}: ${JSON.stringify(step)}`);
    }
  }

  const calls = fc.record({ call: fc.constantFrom<('succeeds' | 'fails')[]>('succeeds', 'fails') });
  const waits = (max: number) => fc.record({ passMs: fc.nat(max) });
  const sequence = fc.array<Step>(fc.oneof({ weight: 5, arbitrary: calls }, waits(15_000)), {
    maxLength: 150,
  });

  it('agree on failures in a row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        sequence,
        async (failures, halfOpenCalls, steps) => {
          const breaker = new ConsecutiveBreaker(failures);
          await compare(steps, ours({ failures, halfOpenCalls }), theirs(breaker, halfOpenCalls));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agree on the share of failures in the last calls', async () => {
    const sizes = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      // No share of so few calls is exactly the limit.
      fc.asyncProperty(
        fc.constantFrom(0.1234567, 0.4567891, 0.7654321),
        sizes,
        sequence,
        async (threshold, size, steps) => {
          const minimumCalls = Math.ceil(size / 2);
          const breaker = new CountBreaker({ threshold, size, minimumNumberOfCalls: minimumCalls });
          const one = ours({
            failureRate: threshold,
            minimumCalls,
            window: { kind: 'calls', calls: size },
            halfOpenCalls: 2,
          });
          await compare(steps, one, theirs(breaker, 2));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agree on the share of failures in the last seconds', async () => {
    const short = fc.array<Step>(fc.oneof({ weight: 5, arbitrary: calls }, waits(300)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0.1234567, 0.4567891), short, async (threshold, steps) => {
        const breaker = new SamplingBreaker({ threshold, duration: 60_000, minimumRps: 6 / 60 });
        const one = ours({ failureRate: threshold, minimumCalls: 6, window: { kind: 'time', ms: 60_000 } });
        await compare(steps, one, theirs(breaker, 3));
      }),
      { numRuns: 300 },
    );
  });

  it('agree on how long it stays open while probes fail', async () => {
    const backoff = new ExponentialBackoff({
      initialDelay: 1000,
      maxDelay: 60_000,
      exponent: 2,
      generator: noJitterGenerator,
    });
    const one = ours({ failures: 1, openMs: 1000, openMaxMs: 60_000 });
    const steps = Array.from({ length: 400 }, (): Step[] => [{ call: 'fails' }, { passMs: 997 }]).flat();
    await compare(steps, one, theirs(new ConsecutiveBreaker(1), 3, backoff));
  });

  it('differ where failures are hours apart: here they do not add up', async () => {
    const breaker = new SamplingBreaker({ threshold: 0.5, duration: 60_000, minimumRps: 4 / 60 });
    const other = theirs(breaker, 1);
    const one = ours({ failureRate: 0.5, minimumCalls: 4, window: { kind: 'time', ms: 60_000 } });
    const [here, there]: Outcome[][] = [[], []];
    for (let hour = 0; hour < 8; hour += 1) {
      clock.pass(3_600_000);
      here?.push(one({ call: 'fails' }), one({ call: 'succeeds' }));
      there?.push(await other({ call: 'fails' }), await other({ call: 'fails' }));
    }
    assert.ok(here?.every((outcome) => outcome === 'made'));
    assert.ok(there?.includes('refused'));
  });
});
