import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Bulkhead, type BulkheadConfig } from '../../../../src/engine/resilience/bulkhead/bulkhead.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { type Asked, ask, callFacts, ending } from '../../../support/policyCalls.ts';

interface Call {
  caller: string;
  deadline: number;
  stop: AbortController;
  asked: { now: Asked };
  /** What the reference says. */
  state: 'granted' | 'waiting' | 'rejected' | 'failed' | 'ended';
}

interface Real {
  clock: ManualClock;
  bulkhead: Bulkhead;
  config: BulkheadConfig;
  calls: Call[];
  /** Callers with waiting calls, in the order of their turns. */
  turns: string[];
}

type Command = fc.AsyncCommand<object, Real>;

const running = ({ calls }: Real) => calls.filter(({ state }) => state === 'granted').length;
const waiting = ({ calls }: Real) => calls.filter(({ state }) => state === 'waiting');

/** The reference lets through whose turn it is. */
function serve(real: Real): void {
  real.turns = real.turns.filter((caller) => waiting(real).some((call) => call.caller === caller));
  while (waiting(real).length > 0 && running(real) < (real.config.maxConcurrency ?? Infinity)) {
    const caller = real.turns.shift() ?? assert.fail('nobody has a turn');
    const [next, ...others] = waiting(real).filter((call) => call.caller === caller);
    if (next) next.state = 'granted';
    if (others.length > 0) real.turns.push(caller);
  }
}

async function check(real: Real): Promise<void> {
  await settled();
  const { calls, bulkhead, config } = real;
  for (const { asked, state } of calls) assert.equal(state === 'ended' ? 'granted' : state, asked.now.state);
  assert.deepEqual(bulkhead.health(), {
    concurrency: { underWay: running(real), most: config.maxConcurrency ?? null },
    queue: { waiting: waiting(real).length, most: config.queue ?? null },
  });
}

const begin = (caller: string, lastsMs: number): Command => ({
  check: () => true,
  toString: () => `begin(${caller}, ${lastsMs})`,
  run: async (_, real) => {
    const { clock, bulkhead, config, calls } = real;
    const stop = new AbortController();
    const deadline = clock.monotonic() + lastsMs;
    const asked = ask(() => bulkhead.admit(callFacts({ caller, deadline, signal: stop.signal })));

    const call: Call = { caller, deadline, stop, asked, state: 'rejected' };
    const most = config.maxConcurrency ?? Infinity;
    if (waiting(real).length === 0 && running(real) < most) call.state = 'granted';
    else if (most > 0 && config.whenFull === 'wait' && waiting(real).length < (config.queue ?? Infinity))
      call.state = 'waiting';
    calls.push(call);
    if (call.state === 'waiting' && !real.turns.includes(caller)) real.turns.push(caller);
    await check(real);
  },
});

const end = (at: number): Command => ({
  check: () => true,
  toString: () => `end(${at})`,
  run: async (_, real) => {
    const ended = real.calls.filter(({ state }) => state === 'granted');
    const call = ended[at % Math.max(1, ended.length)];
    if (call?.asked.now.state !== 'granted') return;
    const { permit } = call.asked.now;
    call.state = 'ended';
    permit.settle(ending('transient'));
    permit.settle(ending('done'));
    serve(real);
    await check(real);
  },
});

const stop = (at: number): Command => ({
  check: () => true,
  toString: () => `stop(${at})`,
  run: async (_, real) => {
    const calls = waiting(real);
    const call = calls[at % Math.max(1, calls.length)];
    if (!call) return;
    call.state = 'failed';
    serve(real);
    call.stop.abort('stopped');
    await check(real);
  },
});

const pass = (ms: number): Command => ({
  check: () => true,
  toString: () => `pass(${ms})`,
  run: async (_, real) => {
    await real.clock.advance(ms);
    for (const call of waiting(real)) if (call.deadline <= real.clock.monotonic()) call.state = 'rejected';
    serve(real);
    await check(real);
  },
});

const configure = (config: BulkheadConfig): Command => ({
  check: () => true,
  toString: () => `configure(${JSON.stringify(config)})`,
  run: async (_, real) => {
    real.config = config;
    real.bulkhead.configure(config);
    serve(real);
    if (config.maxConcurrency === 0) for (const call of waiting(real)) call.state = 'rejected';
    await check(real);
  },
});

const limit = (max: number) => fc.option(fc.nat(max), { nil: undefined });
const configs: fc.Arbitrary<BulkheadConfig> = fc
  .record({ maxConcurrency: limit(4), queue: limit(5), whenFull: fc.constantFrom('wait', 'wait', 'reject') })
  .map(({ maxConcurrency, queue, whenFull }) => ({
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(queue === undefined ? {} : { queue }),
    whenFull: whenFull === 'reject' ? 'reject' : 'wait',
  }));
const begins = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 1000 }));

const commands = fc.commands<object, Real, false>(
  [
    begins.map((given) => begin(...given)),
    begins.map((given) => begin(...given)),
    fc.nat(20).map(end),
    fc.nat(20).map(stop),
    fc.nat(500).map(pass),
    configs.map(configure),
  ],
  { maxCommands: 100, size: '+1' },
);

describe('bulkhead and its reference', function () {
  this.timeout(120_000);

  it('agree on every place, turn and wait, and every waiter settles', async () => {
    await fc.assert(
      fc.asyncProperty(configs, commands, async (config, steps) => {
        const clock = new ManualClock();
        const bulkhead = new Bulkhead('target', config, clock);
        const real: Real = { clock, bulkhead, config, calls: [], turns: [] };
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);

        await clock.advance(1000);
        assert.ok(real.calls.every(({ asked }) => asked.now.state !== 'waiting'));
        assert.equal(clock.timers, 0);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
    );
  });
});
