import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Pace, type PaceConfig } from '../../../../src/engine/resilience/pace/pace.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { type Asked, ask, callFacts, ending } from '../../../support/policyCalls.ts';

interface Call {
  caller: string;
  tokens: number;
  deadline: number;
  stop: AbortController;
  asked: { now: Asked };
  state: 'granted' | 'waiting' | 'gone' | 'ended';
  /** When it began, with the most that it counts for. */
  begun?: { at: number; tokens: number };
}

interface Real {
  clock: ManualClock;
  pace: Pace;
  config: PaceConfig;
  calls: Call[];
  /** Callers with waiting calls, in the order of their turns. */
  turns: string[];
  /** The latest end of all pauses. */
  pausedUntil: number;
}

type Command = fc.AsyncCommand<object, Real>;

const inState = ({ calls }: Real, state: Call['state']) => calls.filter((call) => call.state === state);

/** The reference: no call begins in a pause, or beyond a limit per minute, and none out of its turn. */
function begin(real: Real, call: Call): void {
  const now = real.clock.monotonic();
  assert.ok(now >= real.pausedUntil, 'a pause holds for everybody');
  call.state = 'granted';
  call.begun = { at: now, tokens: call.tokens };

  const minute = real.calls.flatMap(({ begun }) => (begun && begun.at >= now - 60_000 ? [begun] : []));
  const { rpm = Number.POSITIVE_INFINITY, tpm = Number.POSITIVE_INFINITY } = real.config;
  assert.ok(minute.length <= rpm, `${minute.length} requests in a minute`);
  const tokens = minute.reduce((sum, one) => sum + one.tokens, 0);
  assert.ok(tokens <= tpm, `${tokens} tokens in a minute`);
}

async function check(real: Real): Promise<void> {
  await settled();
  for (const call of inState(real, 'waiting'))
    if (call.asked.now.state === 'rejected') {
      assert.ok(
        (call.asked.now.rejection.until ?? 0) >= call.deadline,
        'only a wait beyond the deadline is refused',
      );
      call.state = 'gone';
    }
  real.turns = real.turns.filter((caller) => inState(real, 'waiting').some((call) => call.caller === caller));

  const granted = inState(real, 'waiting').filter(({ asked }) => asked.now.state === 'granted');
  for (const _ of granted) {
    const caller = real.turns.shift() ?? assert.fail('nobody has a turn');
    const [next, ...others] = inState(real, 'waiting').filter((call) => call.caller === caller);
    if (next?.asked.now.state !== 'granted') assert.fail('another one had the turn');
    begin(real, next);
    if (others.length > 0) real.turns.push(caller);
  }

  assert.equal(real.pace.health().waiting, inState(real, 'waiting').length);
}

const beginCall = (caller: string, tokens: number, lastsMs: number): Command => ({
  check: () => true,
  toString: () => `begin(${caller}, ${tokens}, ${lastsMs})`,
  run: async (_, real) => {
    const stop = new AbortController();
    const deadline = real.clock.monotonic() + lastsMs;
    const facts = callFacts({ caller, deadline, signal: stop.signal, estimate: { tokens, costUsd: null } });
    const asked = ask(() => real.pace.admit(facts));
    const call: Call = { caller, tokens, deadline, stop, asked, state: 'waiting' };
    real.calls.push(call);

    if (asked.now.state === 'granted') {
      assert.equal(real.turns.length, 0, 'nobody passes those who wait');
      begin(real, call);
    } else if (asked.now.state === 'rejected') {
      assert.ok((asked.now.rejection.until ?? 0) >= deadline);
      call.state = 'gone';
    } else if (!real.turns.includes(caller)) real.turns.push(caller);
    await check(real);
  },
});

/** `share` of the estimate was used; undefined where the provider did not say. */
const end = (at: number, share: number | undefined): Command => ({
  check: () => true,
  toString: () => `end(${at}, ${share})`,
  run: async (_, real) => {
    const granted = inState(real, 'granted');
    const call = granted[at % Math.max(1, granted.length)];
    if (call?.asked.now.state !== 'granted') return;
    call.state = 'ended';
    const tokens = share === undefined ? null : Math.floor(call.tokens * share);
    if (call.begun && tokens !== null) call.begun.tokens = tokens;
    call.asked.now.permit.settle(ending('done', { tokens }));
    call.asked.now.permit.settle(ending('done', { tokens: 0 }));
    await check(real);
  },
});

const pause = (at: number, forMs: number): Command => ({
  check: () => true,
  toString: () => `pause(${at}, ${forMs})`,
  run: async (_, real) => {
    const granted = inState(real, 'granted');
    const call = granted[at % Math.max(1, granted.length)];
    if (call?.asked.now.state !== 'granted') return;
    call.state = 'ended';
    const until = real.clock.monotonic() + forMs;
    real.pausedUntil = Math.max(real.pausedUntil, until);
    call.asked.now.permit.settle(ending({ kind: 'rate-limited', until }, { tokens: call.tokens }));
    assert.equal(
      real.pace.health().pausedUntil ?? 0,
      real.pausedUntil > real.clock.monotonic() ? real.pausedUntil : 0,
    );
    await check(real);
  },
});

const stop = (at: number): Command => ({
  check: () => true,
  toString: () => `stop(${at})`,
  run: async (_, real) => {
    const waiting = inState(real, 'waiting');
    const call = waiting[at % Math.max(1, waiting.length)];
    if (!call) return;
    call.state = 'gone';
    call.stop.abort('stopped');
    await check(real);
  },
});

/** In steps to each timer, so that the reference sees when each call begins. */
const pass = (ms: number): Command => ({
  check: () => true,
  toString: () => `pass(${ms})`,
  run: async (_, real) => {
    const until = real.clock.monotonic() + ms;
    for (;;) {
      const next = real.clock.next ?? Number.POSITIVE_INFINITY;
      const to = Math.min(until, next);
      await real.clock.advance(Math.max(0, to - real.clock.monotonic()));
      await check(real);
      if (to === until) return;
    }
  },
});

const configs: fc.Arbitrary<PaceConfig> = fc.constantFrom<PaceConfig>(
  {},
  { rpm: 1 },
  { rpm: 7 },
  { rpm: 60 },
  { tpm: 500 },
  { rpm: 30, tpm: 2000 },
);
const begins = fc.tuple(
  fc.constantFrom('a', 'b', 'c'),
  fc.integer({ min: 1, max: 200 }),
  fc.constantFrom(100, 20_000, 1e9, 1e9),
);
const commands = fc.commands<object, Real, false>(
  [
    begins.map((given) => beginCall(...given)),
    begins.map((given) => beginCall(...given)),
    begins.map((given) => beginCall(...given)),
    fc.tuple(fc.nat(50), fc.constantFrom(undefined, 0, 0.5, 1)).map((given) => end(...given)),
    fc.tuple(fc.nat(50), fc.constantFrom(-5, 0, 300, 5000, 90_000)).map((given) => pause(...given)),
    fc.nat(50).map(stop),
    fc.constantFrom(1, 500, 7000, 61_000).map(pass),
  ],
  { maxCommands: 100, size: '+1' },
);

describe('pace and its reference', function () {
  this.timeout(120_000);

  it('agree: no call begins in a pause, beyond a limit in any minute, or out of its turn, and every waiter settles', async () => {
    await fc.assert(
      fc.asyncProperty(configs, commands, async (config, steps) => {
        const clock = new ManualClock();
        const pace = new Pace(config, clock);
        const real: Real = { clock, pace, config, calls: [], turns: [], pausedUntil: 0 };
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);

        for (let hour = 0; inState(real, 'waiting').length > 0; hour++) {
          assert.ok(hour < 5, 'somebody waits for ever');
          await pass(3_600_000).run({}, real);
        }
        assert.equal(clock.timers, 0);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
    );
  });
});
