import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { decideCall } from '../../../src/engine/cost/spendingDecision.ts';
import type { Lease } from '../../../src/engine/store/lease.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

const NOON = Date.UTC(2026, 10, 29, 12);
const owner = { pid: 1, host: 'here', started: null, alive: () => false };

type Step =
  /** A call wants to begin, in one of three runs; it may cost at most `most` cents. */
  | { kind: 'begin'; run: number; most: number }
  /** The oldest or newest call of a run ends, at a share of its most. */
  | { kind: 'end'; run: number; share: number; newest: boolean }
  | { kind: 'giveUp'; run: number }
  /** The process of a run is killed; its calls are billed all the same, and another takes the run over. */
  | { kind: 'kill'; run: number; share: number }
  | { kind: 'midnight' };

const run = fc.integer({ min: 0, max: 2 });
const share = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('begin' as const), run, most: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('end' as const), run, share, newest: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('giveUp' as const), run }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), run, share }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'midnight' as const }) },
);

interface Call {
  caseIndex: number;
  most: number;
  day: number;
}

/** What was billed in truth, in cents: of each run, and on each day. */
class World {
  readonly store = new RunStore(':memory:');
  readonly billedRun = [0, 0, 0];
  readonly billedDay = new Map<number, number>();
  readonly #leases: Lease[] = [];
  readonly #calls: Call[][] = [[], [], []];
  readonly #limits: { perRun: number; perDay: number };
  #now = NOON;
  #day = 0;
  #next = 0;

  constructor(limits: { perRun: number; perDay: number }) {
    this.#limits = limits;
    for (const index of [0, 1, 2]) {
      this.store.createRun({
        id: `run-${index}`,
        plan: plan({ cases: 10_000 }),
        createdAt: NOON,
        traceId: 'e'.repeat(32),
      });
      this.#leases.push(this.store.claim(`run-${index}`, owner, this.#now));
    }
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'begin':
        this.#begin(step.run, step.most);
        break;
      case 'end': {
        const calls = this.#calls[step.run] ?? [];
        const call = step.newest ? calls.pop() : calls.shift();
        if (call) this.#end(step.run, call, Math.floor(call.most * step.share));
        break;
      }
      case 'giveUp': {
        const call = this.#calls[step.run]?.pop();
        // It was not billed.
        if (call) this.store.ledger.giveUp(this.#lease(step.run), { ...call, target: 0, trial: 0 });
        break;
      }
      case 'kill':
        for (const call of this.#calls[step.run]?.splice(0) ?? [])
          this.#bill(step.run, call, Math.floor(call.most * step.share));
        this.#leases[step.run] = this.store.claim(`run-${step.run}`, owner, this.#now);
        break;
      case 'midnight':
        this.#day += 1;
        this.#now = NOON + this.#day * 86_400_000;
        for (const index of [0, 1, 2])
          this.store.append(this.#lease(index), NOTHING, { now: this.#now, elapsedMs: 0 });
    }
  }

  #begin(run: number, most: number): void {
    const call = { caseIndex: this.#next++, most, day: this.#day };
    const amount = { mostUsd: most / 100, likelyUsd: 0, paid: false };
    const key = { target: 0, caseIndex: call.caseIndex, trial: 0 };
    const limits = { perRun: this.#limits.perRun / 100, perDay: this.#limits.perDay / 100 };
    const { granted } = this.store.ledger.reserve(this.#lease(run), key, amount, this.#now, (reckonings) =>
      decideCall(limits, reckonings, amount),
    );
    if (granted) this.#calls[run]?.push(call);
  }

  #end(run: number, call: Call, cents: number): void {
    this.#bill(run, call, cents);
    const output = complete('', { costUsd: cents / 100 });
    const result = {
      ...trialResult({ caseIndex: call.caseIndex, output }),
      startedAt: NOON + call.day * 86_400_000,
    };
    this.store.append(this.#lease(run), { ...NOTHING, results: [result] }, { now: this.#now, elapsedMs: 0 });
  }

  #bill(run: number, { day }: Call, cents: number): void {
    this.billedRun[run] = (this.billedRun[run] ?? 0) + cents;
    this.billedDay.set(day, (this.billedDay.get(day) ?? 0) + cents);
  }

  #lease(run: number): Lease {
    const lease = this.#leases[run];
    assert.ok(lease);
    return lease;
  }
}

const NOTHING = { results: [], cases: [], spans: [], logs: [] };

describe('reservations of concurrent runs', () => {
  it('keep every run and every day within its limit, but for less than one call', () => {
    const limits = fc.record({
      perRun: fc.integer({ min: 1, max: 100 }),
      perDay: fc.integer({ min: 1, max: 150 }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const world = new World(limit);
        try {
          const dearest = Math.max(0, ...steps.map((one) => (one.kind === 'begin' ? one.most : 0)));
          for (const one of steps) world.apply(one);
          for (const billed of world.billedRun) assert.ok(billed < limit.perRun + dearest, `run: ${billed}`);
          for (const billed of world.billedDay.values())
            assert.ok(billed < limit.perDay + dearest, `day: ${billed}`);
        } finally {
          world.store.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
