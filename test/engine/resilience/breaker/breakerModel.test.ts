import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Breaker } from '../../../../src/engine/resilience/breaker/breaker.ts';
import type { Decision } from '../../../../src/engine/resilience/decision.ts';
import type { BreakerConfig } from '../../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { type Asked, ask, callFacts, ending } from '../../../support/policyCalls.ts';
import { stillRandom } from '../../../support/stillRandom.ts';

const FORGOTTEN_MS = 1_800_000;
const SLOW_MS = 1000;

interface Call {
  asked: { now: Asked };
  stop: AbortController;
  deadline: number;
  waits: boolean;
  began: number;
  /** Its place in the reference, where it was let through. */
  probe: boolean;
  /** Which closed or half-open stretch it belongs to. */
  stretch: number;
  settled: boolean;
}

/**
 * The breaker as a person would explain it: from the list of all calls that have ended since it closed, anew for each question,
 * and moment by moment.
 */
class Reference {
  readonly config: BreakerConfig;
  state: 'closed' | 'open' | 'half-open' | 'isolated' = 'closed';
  stretch = 0;
  ended: { at: number; durationMs: number; failed: boolean; slow: boolean }[] = [];
  probes = new Map<Call, number>();
  passed: boolean[] = [];
  until = 0;
  openings = 0;
  /** When it would have let probes through, where a person asked for them before that. */
  early: number | undefined;
  closedAt: number;

  constructor(config: BreakerConfig, now: number) {
    this.config = config;
    this.closedAt = now;
  }

  pass(now: number): void {
    for (;;) {
      const hung = Math.min(...this.probes.values());
      if (this.state === 'open' && this.until <= now) this.#halfOpen();
      else if (this.state === 'half-open' && hung <= now) this.#open(hung);
      else return;
    }
  }

  mayBegin(): boolean {
    if (this.state !== 'half-open') return this.state === 'closed';
    if (this.early !== undefined && this.probes.size > 0) return false;
    return this.probes.size + this.passed.length < this.config.halfOpenCalls;
  }

  tryEarly(): void {
    if (this.state !== 'open') return;
    const { until } = this;
    this.#halfOpen();
    this.early = until;
  }

  begin(call: Call, now: number): void {
    call.stretch = this.stretch;
    call.probe = this.state === 'half-open';
    if (call.probe) this.probes.set(call, Math.min(call.deadline + 1000, now + 600_000));
  }

  end(call: Call, kind: Decision['kind'], silentMs: number, durationMs: number, now: number): void {
    if (call.stretch !== this.stretch) return;
    this.probes.delete(call);
    if (kind !== 'done' && kind !== 'transient' && kind !== 'overloaded') return;
    const failed = kind !== 'done';
    const slow = silentMs > SLOW_MS;

    if (this.state === 'half-open') {
      if (failed) {
        this.#open(now);
        return;
      }
      this.passed.push(slow);
      if (this.passed.length < this.config.halfOpenCalls) return;
      const slowShare = this.passed.filter(Boolean).length / this.passed.length;
      if (slowShare >= this.config.slowRate) this.#open(now);
      else this.close(now, this.openings);
      return;
    }

    this.ended.push({ at: now, durationMs, failed, slow });
    if (!this.#shouldOpen(now)) return;
    if (now - this.closedAt >= this.config.openMaxMs) this.openings = 0;
    this.#open(now);
  }

  close(now: number, openings: number): void {
    this.#change('closed');
    this.closedAt = now;
    this.openings = openings;
    this.ended = [];
  }

  isolate(): void {
    if (this.state !== 'isolated') this.#change('isolated');
  }

  #shouldOpen(now: number): boolean {
    const { failures, failureRate, slowRate, minimumCalls, window } = this.config;
    let inRow = 0;
    for (const [at, call] of this.ended.entries()) {
      const gap =
        call.at - call.durationMs - (this.ended.slice(0, at).findLast((one) => one.failed)?.at ?? -Infinity);
      inRow = call.failed ? (gap < FORGOTTEN_MS ? inRow : 0) + 1 : 0;
    }
    if (inRow > 0 && inRow >= failures) return true;

    const recent =
      window.kind === 'calls'
        ? this.ended.slice(-window.calls).filter(({ at }) => at > now - FORGOTTEN_MS)
        : this.ended.filter(({ at }) => at > now - window.ms);
    if (recent.length < minimumCalls) return false;
    const share = (of: 'failed' | 'slow') => recent.filter((call) => call[of]).length / recent.length;
    const over = (value: number, limit: number) => value > 0 && value >= limit;
    return over(share('failed'), failureRate) || over(share('slow'), slowRate);
  }

  #open(at: number): void {
    const { early } = this;
    this.#change('open');
    if (early !== undefined && at < early) return;
    this.until = at + Math.min(this.config.openMs * 2 ** this.openings, this.config.openMaxMs);
    this.openings += 1;
  }

  #halfOpen(): void {
    this.#change('half-open');
  }

  #change(to: Reference['state']): void {
    this.state = to;
    this.stretch += 1;
    this.probes.clear();
    this.passed = [];
    this.early = undefined;
  }
}

interface Model {
  reference: Reference;
}

interface Real {
  breaker: Breaker;
  clock: ManualClock;
  calls: Call[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** What holds at any moment, whatever came before. */
function check({ reference }: Model, { breaker, clock, calls }: Real): void {
  const now = clock.monotonic();
  reference.pass(now);
  const health = breaker.health();
  assert.equal(health.state, reference.state);
  if (health.state === 'open') assert.equal(Math.round(health.until - clock.now() + now), reference.until);
  if (health.state === 'half-open') {
    assert.equal(health.probes, reference.probes.size);
    assert.ok(reference.probes.size + reference.passed.length <= reference.config.halfOpenCalls);
  }
  for (const { asked, deadline } of calls) if (asked.now.state === 'waiting') assert.ok(now < deadline);
  if (reference.mayBegin())
    assert.ok(
      calls.every(({ asked }) => asked.now.state !== 'waiting'),
      'nobody waits who may go',
    );
}

/** Lets the reference see which of those who wait were let through: as many as may, and only in its time. */
function follow({ reference }: Model, { clock, calls }: Real): void {
  reference.pass(clock.monotonic());
  for (const call of calls) {
    if (call.asked.now.state !== 'granted' || call.stretch >= 0) continue;
    assert.ok(reference.mayBegin(), `no call while ${reference.state}`);
    reference.begin(call, clock.monotonic());
  }
}

class Begin implements Command {
  readonly #lastsMs: number;
  readonly #waits: boolean;

  constructor(lastsMs: number, waits: boolean) {
    this.#lastsMs = lastsMs;
    this.#waits = waits;
  }

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const { reference } = model;
    const { breaker, clock, calls } = real;
    const now = clock.monotonic();
    reference.pass(now);
    const may = reference.mayBegin();
    const stop = new AbortController();
    const facts = callFacts({ deadline: now + this.#lastsMs, waits: this.#waits, signal: stop.signal });
    const asked = ask(() => breaker.admit(facts));
    const call: Call = {
      asked,
      stop,
      deadline: facts.deadline,
      waits: this.#waits,
      began: now,
      probe: false,
      stretch: -1,
      settled: false,
    };
    calls.push(call);

    assert.equal(asked.now.state === 'granted', may);
    if (may) reference.begin(call, now);
    await settled();
    const { state } = asked.now;
    const hopeless =
      reference.state === 'isolated' || (reference.state === 'open' && reference.until >= facts.deadline);
    if (!may) assert.equal(state, this.#waits && !hopeless ? 'waiting' : 'rejected');
    if (asked.now.state === 'rejected' && reference.state === 'open')
      assert.equal(Math.round(asked.now.rejection.until ?? 0), reference.until);
    check(model, real);
  }

  toString = () => `begin(${this.#lastsMs}, ${this.#waits})`;
}

class End implements Command {
  readonly #at: number;
  readonly #kind: Decision['kind'];
  readonly #silentMs: number;

  constructor(at: number, kind: Decision['kind'], silentMs: number) {
    this.#at = at;
    this.#kind = kind;
    this.#silentMs = silentMs;
  }

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const { reference } = model;
    const { clock, calls } = real;
    const running = calls.filter(({ asked, settled: done }) => asked.now.state === 'granted' && !done);
    const call = running[this.#at % Math.max(1, running.length)];
    if (call?.asked.now.state !== 'granted') return;

    const now = clock.monotonic();
    reference.pass(now);
    const durationMs = now - call.began;
    reference.end(call, this.#kind, this.#silentMs, durationMs, now);
    call.asked.now.permit.settle(ending(this.#kind, { durationMs, silentMs: this.#silentMs }));
    // A second time does nothing.
    call.asked.now.permit.settle(ending('transient'));
    call.settled = true;
    await settled();
    follow(model, real);
    check(model, real);
  }

  toString = () => `end(${this.#at}, ${this.#kind}, ${this.#silentMs})`;
}

class Pass implements Command {
  readonly #ms: number;
  readonly #wall: number;

  constructor(ms: number, wall: number) {
    this.#ms = ms;
    this.#wall = wall;
  }

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const { clock } = real;
    // Step by step, so that the reference sees each call at the moment in which it gets through.
    const end = clock.monotonic() + this.#ms;
    while (clock.monotonic() < end) {
      const next = Math.min(end, clock.next ?? end);
      await clock.advance(next - clock.monotonic());
      follow(model, real);
    }
    if (this.#wall !== 0) clock.setWall(clock.now() + this.#wall);
    check(model, real);
  }

  toString = () => `pass(${this.#ms}, ${this.#wall})`;
}

class Stop implements Command {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const waiting = real.calls.filter(({ asked }) => asked.now.state === 'waiting');
    const call = waiting[this.#at % Math.max(1, waiting.length)];
    if (!call) return;
    call.stop.abort('stopped');
    await settled();
    assert.deepEqual(call.asked.now, { state: 'failed', reason: 'stopped' });
    check(model, real);
  }

  toString = () => `stop(${this.#at})`;
}

class ByHand implements Command {
  readonly #what: 'isolate' | 'reset' | 'tryEarly';

  constructor(what: 'isolate' | 'reset' | 'tryEarly') {
    this.#what = what;
  }

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const now = real.clock.monotonic();
    model.reference.pass(now);
    real.breaker[this.#what]();
    if (this.#what === 'isolate') model.reference.isolate();
    else if (this.#what === 'tryEarly') model.reference.tryEarly();
    else model.reference.close(now, 0);
    await settled();
    follow(model, real);
    check(model, real);
  }

  toString = () => this.#what;
}

const kinds = fc.constantFrom<Decision['kind'][]>(
  'done',
  'done',
  'done',
  'transient',
  'transient',
  'overloaded',
  'caller',
  'rate-limited',
  'rejected',
);
const times = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.integer({ min: 0, max: 120_000 }),
  fc.integer({ min: 0, max: 4_000_000 }),
);

const commands = fc.commands<Model, Real, false>(
  [
    fc.tuple(times, fc.boolean()).map(([lastsMs, waits]) => new Begin(lastsMs + 1, waits)),
    fc.tuple(times, fc.boolean()).map(([lastsMs, waits]) => new Begin(lastsMs + 1, waits)),
    fc.tuple(fc.nat(20), kinds, fc.constantFrom(0, 1000, 1001, 5000)).map((given) => new End(...given)),
    fc.tuple(fc.nat(20), kinds, fc.constantFrom(0, 0, 0, 5000)).map((given) => new End(...given)),
    fc.tuple(times, fc.constantFrom(0, 0, 0, 1e10, -1e10)).map((given) => new Pass(...given)),
    fc.nat(20).map((at) => new Stop(at)),
    fc.constantFrom('reset' as const, 'reset' as const, 'isolate' as const).map((what) => new ByHand(what)),
    fc.constant('tryEarly' as const).map((what) => new ByHand(what)),
  ],
  { maxCommands: 80, size: '+1' },
);

const configs: fc.Arbitrary<BreakerConfig> = fc.record({
  failures: fc.integer({ min: 1, max: 6 }),
  failureRate: fc.constantFrom(0.25, 0.5, 1),
  slowRate: fc.constantFrom(0.5, 1),
  slowMs: fc.constant(SLOW_MS),
  minimumCalls: fc.integer({ min: 0, max: 6 }),
  window: fc.oneof(
    fc.record({ kind: fc.constant('calls' as const), calls: fc.integer({ min: 1, max: 12 }) }),
    // So short that nothing is kept together, for calls end at whole milliseconds.
    fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 100 }) }),
  ),
  openMs: fc.constantFrom(0, 1000, 60_000),
  openMaxMs: fc.constantFrom(1000, 100_000, 600_000),
  halfOpenCalls: fc.integer({ min: 1, max: 4 }),
});

describe('circuit breaker and its reference', function () {
  this.timeout(120_000);

  it('agree on every state, permit and time, and every waiter settles', async () => {
    await fc.assert(
      fc.asyncProperty(configs, commands, async (config, steps) => {
        const clock = new ManualClock();
        const real: Real = { breaker: new Breaker(config, { clock, random: stillRandom }), clock, calls: [] };
        const model: Model = { reference: new Reference(config, 0) };
        await fc.asyncModelRun(() => ({ model, real }), steps);

        await clock.advance(5_000_000);
        assert.ok(real.calls.every(({ asked }) => asked.now.state !== 'waiting'));
        assert.equal(clock.timers, 0);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
    );
  });
});
