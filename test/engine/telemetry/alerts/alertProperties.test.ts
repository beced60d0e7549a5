import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AlertNotice } from '../../../../src/engine/telemetry/alerts/alertNotice.ts';
import { AlertWorld, alertRule, figurePoint, liveEvaluation } from '../../../support/alerts/alertWorld.ts';

const LABELS = ['x', 'y'];

type Step =
  | { kind: 'values'; values: (number | null)[]; samples: number; afterMs: number; receiving: boolean }
  | { kind: 'score'; score: number | null }
  | { kind: 'restart' }
  | { kind: 'clock'; byMs: number }
  | { kind: 'mute'; rule: string; forMs: number }
  | { kind: 'unmute'; rule: string }
  | { kind: 'rules'; limit: number; without: boolean }
  | { kind: 'deliver'; most: number; dies: boolean };

const value = fc.constantFrom(null, null, 0.2, 0.5, 0.5, 0.72, 0.9, 0.9);
const rule = fc.constantFrom('mean', 'calls', 'each');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('values' as const),
      values: fc.array(value, { minLength: 2, maxLength: 2 }),
      samples: fc.constantFrom(3, 3, 3, 3, 3, 1),
      afterMs: fc.constantFrom(5_000, 5_000, 5_000, 5_000, 20_000, 7_200_000),
      receiving: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('score' as const), score: value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      byMs: fc.constantFrom(-90_000_000, -5_000, 5_000, 90_000_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mute' as const),
      rule,
      forMs: fc.integer({ min: 1, max: 60_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unmute' as const), rule }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rules' as const),
      limit: fc.constantFrom(0.7, 0.7, 0.5),
      without: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      most: fc.integer({ min: 1, max: 4 }),
      dies: fc.boolean(),
    }),
  },
);

function rulesOf(limit: number, without: boolean) {
  const mean = alertRule(`mean score < ${limit}`, {
    name: 'mean',
    clear: 0.75,
    forMs: 5_000,
    minSamples: 2,
    by: 'model',
  });
  const calls = alertRule('calls < 1', { name: 'calls', overMs: 10_000, by: 'model' });
  const each = alertRule('score < 0.3', { name: 'each', overMs: 10_000 });
  return without ? [calls, each] : [mean, calls, each];
}

/** A receiver that knows notices again by their key. */
class Receiver {
  readonly notices: AlertNotice[] = [];
  readonly #keys = new Set<string>();

  take(notice: AlertNotice): void {
    if (this.#keys.has(notice.key)) return;
    this.#keys.add(notice.key);
    this.notices.push(notice);
  }
}

function run(steps: readonly Step[]): { receiver: Receiver; written: AlertNotice[]; unmeasured: string[] } {
  const world = new AlertWorld({ inMemory: true });
  const receiver = new Receiver();
  const unmeasured: string[] = [];
  const written: AlertNotice[] = [];
  let rules = rulesOf(0.7, false);
  let lastTransition = 0;

  for (const one of [...steps, { kind: 'deliver', most: 1_000, dies: false } as const]) {
    switch (one.kind) {
      case 'values': {
        world.figures.clear();
        for (const [at, label] of LABELS.entries()) {
          const figure = one.values[at] ?? null;
          if (figure !== null) world.figures.set(label, figurePoint(figure, one.samples));
        }
        world.look(rules, { afterMs: one.afterMs, receiving: one.receiving });
        for (const transition of world.store.transitionsAfter(lastTransition, 1_000)) {
          lastTransition = transition.id;
          written.push(transition.notice);
          const { kind, rule: name, group } = transition.notice;
          const measured = name === 'each' ? world.scores.length > 0 : world.figures.has(group?.label ?? '');
          if (kind === 'resolved' && !measured) unmeasured.push(name);
        }
        break;
      }
      case 'score':
        world.scores.push(liveEvaluation(world.scores.length + 1, one.score));
        break;
      case 'restart':
        world.restart();
        break;
      case 'clock':
        world.clock.setWall(world.clock.now() + one.byMs);
        break;
      case 'mute':
        world.store.mutes.add({
          rule: one.rule,
          group: null,
          untilMs: world.clock.now() + one.forMs,
          reason: '',
          atMs: 0,
        });
        break;
      case 'unmute':
        world.store.mutes.remove({ rule: one.rule, group: null });
        break;
      case 'rules':
        rules = rulesOf(one.limit, one.without);
        break;
      case 'deliver':
        for (const { id, notice } of world.store.waiting('hook', one.most)) {
          receiver.take(notice);
          // Killed between sending and noting that it was sent.
          if (!one.dies) world.store.settle('hook', id, { sent: true, problem: null }, 0);
        }
        if (one.dies) world.restart();
        break;
    }
  }
  world.store.close();
  return { receiver, written, unmeasured };
}

describe('alerts, whatever happens', () => {
  it('fire and end in turn, end by a measured value, and tell each once and in order', function () {
    this.timeout(120_000);
    const told = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const { receiver, written, unmeasured } = run(steps);
        assert.deepEqual(unmeasured, []);
        // Nothing lost, nothing doubled, nothing out of turn.
        assert.deepEqual(
          receiver.notices.map(({ key }) => key),
          written.map(({ key }) => key),
        );

        for (const { kind, rule: name } of receiver.notices)
          told.set(`${name} ${kind}`, (told.get(`${name} ${kind}`) ?? 0) + 1);
        const groups = Map.groupBy(receiver.notices, ({ rule: name, group }) => `${name} ${group?.label}`);
        for (const notices of groups.values()) {
          for (const [at, notice] of notices.entries()) {
            assert.equal(notice.kind === 'firing', at % 2 === 0);
            const before = notices[at - 1];
            if (notice.kind === 'firing') assert.equal(notice.endsAtMs, null);
            else {
              assert.equal(notice.startsAtMs, before?.startsAtMs);
              assert.ok((notice.endsAtMs ?? 0) > notice.startsAtMs);
            }
          }
        }
      }),
      { numRuns: 150, seed: 17 },
    );
    // What never happened was not tried.
    for (const name of ['mean', 'calls', 'each'])
      for (const kind of ['firing', 'resolved'])
        assert.ok((told.get(`${name} ${kind}`) ?? 0) > 4, `${name} ${kind}`);
    assert.ok((told.get('mean withdrawn') ?? 0) > 1);
  });
});
