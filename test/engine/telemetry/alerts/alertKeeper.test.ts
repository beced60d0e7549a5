import assert from 'node:assert/strict';
import { AlertWorld, alertRule, figurePoint, liveEvaluation } from '../../../support/alerts/alertWorld.ts';

const quality = alertRule('mean score < 0.7', { clear: 0.75 });

describe('alerts over time', () => {
  it('fire once, and resolve once', () => {
    const world = new AlertWorld();
    for (const value of [0.9, 0.6, 0.5, 0.72, 0.6, 0.74, 0.75, 0.9]) {
      world.value = value;
      world.look([quality]);
    }
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
    const [firing, resolved] = world.told;
    assert.equal(firing?.summary, 'mean score 0.6, limit 0.7');
    assert.equal(resolved?.startsAtMs, firing?.startsAtMs);
    assert.notEqual(resolved?.key, firing?.key);
    assert.ok((resolved?.endsAtMs ?? 0) > (firing?.startsAtMs ?? 0));
    assert.equal(firing?.source, 'vscode://file/agents/support/touchstone.yaml:2:3');
  });

  it('wait for as long as the condition must hold', () => {
    const world = new AlertWorld();
    const rule = { ...quality, forMs: 12_000 };
    world.value = 0.5;
    const states = [1, 2, 3, 4].map(() => {
      world.look([rule]);
      return world.states[0];
    });
    assert.deepEqual(states, ['pending', 'pending', 'pending', 'firing']);
  });

  it('begin to wait anew where the condition does not hold in between', () => {
    const world = new AlertWorld();
    const rule = { ...quality, forMs: 9_000 };
    for (const value of [0.5, 0.5, 0.72, 0.5, 0.5]) {
      world.value = value;
      world.look([rule]);
    }
    assert.deepEqual(world.states, ['pending']);
    world.look([rule]);
    assert.deepEqual(world.states, ['firing']);
  });

  it('are neither fine nor over without data', () => {
    const world = new AlertWorld();
    world.look([quality]);
    assert.deepEqual(world.states, ['no-data']);
    world.value = 0.5;
    world.look([quality]);
    world.value = null;
    for (let at = 0; at < 20; at += 1) world.look([quality]);
    assert.deepEqual([world.states, world.kinds], [['silent'], ['firing']]);
    world.value = 0.6;
    world.look([quality]);
    assert.deepEqual([world.states, world.kinds], [['firing'], ['firing']]);
    world.value = 0.8;
    world.look([quality]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
  });

  it('are looked at for each group', () => {
    const world = new AlertWorld();
    const rule = { ...quality, by: 'model' as const };
    world.figures.set('a', figurePoint(0.5)).set('b', figurePoint(0.9));
    world.look([rule]);
    assert.deepEqual([world.group('a')?.state, world.group('b')?.state], ['firing', 'inactive']);
    // A group that disappears is not over.
    world.figures.delete('a');
    world.look([rule]);
    assert.equal(world.group('a')?.state, 'silent');
    assert.deepEqual(
      world.told.map(({ group }) => group),
      [{ by: 'model', label: 'a' }],
    );
  });

  it('forget groups of which nothing is heard for a week, unless they fire', () => {
    const world = new AlertWorld();
    const rule = { ...quality, by: 'model' as const };
    world.figures.set('a', figurePoint(0.5)).set('b', figurePoint(0.9));
    world.look([rule]);
    world.figures.clear();
    world.look([rule], { afterMs: 8 * 86_400_000 });
    assert.deepEqual(
      world.store.groups().map(({ group }) => group.label),
      ['a'],
    );
  });

  it('look no further than over, in whole seconds', () => {
    const world = new AlertWorld();
    world.look([quality], { afterMs: 5_300 });
    const [query] = world.queries;
    assert.deepEqual([query?.fromMs, query?.toMs], [1_799_999_945_000, 1_800_000_005_000]);
  });

  it('count nothing as silence that was not watched', () => {
    const world = new AlertWorld();
    const silence = alertRule('calls < 1');
    for (let at = 0; at < 12; at += 1) world.look([silence]);
    assert.deepEqual(world.states, ['no-data']);
    world.look([silence]);
    assert.deepEqual(world.states, ['firing']);
    // A receiver that is off hears nothing.
    world.look([silence], { receiving: false });
    assert.deepEqual([world.states, world.kinds], [['silent'], ['firing']]);
  });

  it('do not take a machine that slept for a silence, nor its sleep for a time that the condition held', () => {
    const world = new AlertWorld();
    const silence = alertRule('calls < 1');
    const rule = { ...quality, name: 'b', forMs: 60_000 };
    world.figures.set(null, figurePoint(0.5, 3));
    world.look([silence, rule]);
    world.look([silence, rule]);
    // Linux does not count sleep as monotonic time; other systems do.
    world.clock.setWall(world.clock.now() + 3_600_000);
    world.figures.clear();
    world.look([silence, rule]);
    assert.deepEqual(world.states, ['no-data', 'no-data']);
    world.value = 0.5;
    world.look([silence, rule]);
    world.look([silence, rule], { afterMs: 3_600_000 });
    assert.equal(world.group(null, 'b')?.state, 'pending');
    assert.equal(world.group(null, 'b')?.heldMs, 0);
  });

  it('look only at what was measured since the clock was set back', () => {
    const world = new AlertWorld();
    world.look([quality]);
    world.clock.setWall(world.clock.now() - 3_600_000);
    const set = world.clock.now() + 5_000;
    world.look([quality]);
    assert.equal(world.queries.at(-1)?.fromMs, set);
    world.look([quality], { afterMs: 61_000 });
    assert.ok((world.queries.at(-1)?.fromMs ?? 0) >= set);
  });

  it('take no clock that was set back for a silence', () => {
    const world = new AlertWorld();
    const silence = alertRule('calls < 1');
    world.figures.set(null, figurePoint(1, 3));
    for (let at = 0; at < 13; at += 1) world.look([silence]);
    world.clock.setWall(world.clock.now() - 3_600_000);
    world.figures.clear();
    for (let at = 0; at < 12; at += 1) world.look([silence]);
    assert.deepEqual([world.states, world.kinds], [['no-data'], []]);
    for (let at = 0; at < 3; at += 1) world.look([silence]);
    assert.deepEqual(world.kinds, ['firing']);
  });

  it('leave nothing out that fires, however many groups come', () => {
    const world = new AlertWorld();
    const rule = { ...quality, by: 'release' as const };
    world.figures.set('first', figurePoint(0.5));
    world.look([rule]);
    world.figures.clear();
    for (let at = 0; at < 250; at += 1) world.figures.set(`fine ${at}`, figurePoint(0.9));
    world.figures.set('last', figurePoint(0.5));
    world.look([rule]);
    assert.equal(world.states.length, 200);
    assert.deepEqual([world.group('first')?.state, world.group('last')?.state], ['silent', 'firing']);
    world.figures.set('first', figurePoint(0.9));
    world.look([rule]);
    assert.deepEqual(world.kinds, ['firing', 'firing', 'resolved']);
  });

  it('never begin before the last one ended, whatever the clock says', () => {
    const world = new AlertWorld();
    world.value = 0.5;
    world.look([quality]);
    world.value = 0.9;
    world.look([quality]);
    world.clock.setWall(world.clock.now() - 86_400_000);
    world.value = 0.5;
    world.look([quality]);
    const [first, over, second] = world.told;
    assert.ok((over?.endsAtMs ?? 0) > (first?.startsAtMs ?? 0));
    assert.ok((second?.startsAtMs ?? 0) > (over?.endsAtMs ?? 0));
    assert.equal(new Set(world.told.map(({ key }) => key)).size, 3);
  });

  it('never end before they began, whatever the clock says', () => {
    const world = new AlertWorld();
    world.value = 0.5;
    world.look([quality]);
    world.clock.setWall(world.clock.now() - 3_600_000);
    world.value = 0.9;
    world.look([quality]);
    const group = world.group();
    assert.equal(group?.endsAtMs, (group?.startsAtMs ?? 0) + 1);
    const [firing, resolved] = world.told;
    assert.deepEqual([resolved?.startsAtMs, resolved?.endsAtMs], [firing?.startsAtMs, group?.endsAtMs]);
  });

  it('are never the same firing again where their rule is changed, whatever the clock says', () => {
    const world = new AlertWorld();
    const rules = ['mean score < 0.7', 'mean score < 0.8', 'mean score < 0.7'].map((when) => alertRule(when));
    const first = world.clock.now();
    for (const rule of rules) {
      world.clock.setWall(first);
      world.value = 0.5;
      world.look([rule]);
      world.value = 0.9;
      world.look([rule]);
    }
    assert.equal(world.group()?.episode, 3);
    assert.deepEqual(world.kinds, ['firing', 'resolved', 'firing', 'resolved', 'firing', 'resolved']);
    assert.equal(new Set(world.told.map(({ key }) => key)).size, 6);
    const times = world.told.map(({ startsAtMs, endsAtMs }) => endsAtMs ?? startsAtMs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('go on where a process was killed', () => {
    const world = new AlertWorld();
    const rule = { ...quality, forMs: 12_000 };
    world.value = 0.5;
    world.look([rule]);
    world.look([rule]);
    world.restart();
    world.look([rule]);
    world.look([rule]);
    assert.deepEqual([world.states, world.kinds], [['pending'], []]);
    world.restart();
    world.look([rule]);
    world.look([rule]);
    assert.deepEqual(world.kinds, ['firing']);
    world.restart();
    world.look([rule]);
    assert.deepEqual(world.kinds, ['firing']);
    world.value = 0.9;
    world.restart();
    world.look([rule]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
  });

  it('are told later where they were muted, and only the end of what was told before', () => {
    const world = new AlertWorld();
    const mute = (forMs: number) =>
      world.store.mutes.add({
        rule: 'a',
        group: null,
        untilMs: world.clock.now() + forMs,
        reason: 'release',
        atMs: 0,
      });
    mute(12_000);
    world.value = 0.5;
    world.look([quality]);
    world.look([quality]);
    assert.deepEqual([world.states, world.kinds], [['firing'], []]);
    world.look([quality]);
    assert.deepEqual(world.kinds, ['firing']);
    mute(60_000);
    world.value = 0.9;
    world.look([quality]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
    // Fires and ends while it is muted.
    for (const value of [0.5, 0.9]) {
      world.value = value;
      world.look([quality]);
    }
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
    world.store.mutes.remove({ rule: 'a', group: null });
    world.look([quality]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
  });

  it('are told of all groups but the one that is muted', () => {
    const world = new AlertWorld();
    const rule = { ...quality, by: 'model' as const };
    const mute = (label: string | null) =>
      world.store.mutes.add({ rule: 'a', group: { label }, untilMs: 9e15, reason: '', atMs: 0 });
    mute('a');
    mute(null);
    for (const label of ['a', 'b', null]) world.figures.set(label, figurePoint(0.5));
    world.look([rule]);
    const told = () => world.told.map(({ kind, group }) => `${kind} ${group?.label}`);
    assert.deepEqual(told(), ['firing b']);

    world.restart();
    world.store.mutes.remove({ rule: 'a', group: { label: null } });
    world.look([rule]);
    assert.deepEqual(told(), ['firing b', 'firing null']);
    world.store.mutes.remove({ rule: 'a', group: null });
    world.look([rule]);
    assert.deepEqual(told(), ['firing b', 'firing null', 'firing a']);
  });

  it('take back what was told where their rule is changed or removed', () => {
    const world = new AlertWorld();
    world.value = 0.5;
    world.look([quality]);
    world.look([{ ...quality, forMs: 60_000, notify: ['hook'], clear: 0.9 }]);
    assert.deepEqual(world.kinds, ['firing']);
    world.look([alertRule('mean score < 0.8')]);
    assert.deepEqual(world.kinds, ['firing', 'withdrawn', 'firing']);
    world.look([]);
    assert.deepEqual(world.kinds, ['firing', 'withdrawn', 'firing', 'withdrawn']);
    assert.deepEqual(world.states, []);
    assert.equal(new Set(world.told.map(({ key }) => key)).size, 4);
  });

  it('are not taken back once they are over', () => {
    const world = new AlertWorld();
    for (const value of [0.5, 0.9]) {
      world.value = value;
      world.look([quality]);
    }
    world.look([]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
  });

  it('are told to channels that are added while they fire, once, and not while they are muted', () => {
    const world = new AlertWorld();
    world.value = 0.5;
    world.look([{ ...quality, notify: ['former'] }]);
    world.store.mutes.add({
      rule: 'a',
      group: null,
      untilMs: world.clock.now() + 7_000,
      reason: '',
      atMs: 0,
    });
    world.look([quality]);
    assert.deepEqual(world.kinds, []);
    world.look([quality]);
    world.look([quality]);
    assert.deepEqual(world.kinds, ['firing']);
    const former = () => world.store.waiting('former', 10).map(({ notice }) => notice);
    assert.deepEqual(
      former().map(({ key }) => key),
      world.told.map(({ key }) => key),
    );
    const shown = () => world.store.transitionsAfter(0, 10).map(({ editor }) => editor);
    assert.deepEqual(shown(), [false, true]);
    world.value = 0.9;
    world.look([quality]);
    assert.deepEqual([world.kinds, former().length, shown().length], [['firing', 'resolved'], 2, 3]);
  });

  it('carry the worst traces', () => {
    const world = new AlertWorld();
    const slow = alertRule('p95 latency > 1s');
    world.value = 2_000;
    world.look([slow]);
    assert.deepEqual(
      world.told[0]?.traces.map(({ traceId }) => traceId),
      ['slow'],
    );
  });
});

describe('alerts about single scores', () => {
  const bad = alertRule('score < 0.3', { overMs: 20_000 });

  function worldWith(...scores: (number | null)[]): AlertWorld {
    const world = new AlertWorld();
    world.look([bad]);
    add(world, ...scores);
    return world;
  }

  function add(world: AlertWorld, ...scores: (number | null)[]): void {
    for (const score of scores)
      world.scores.push(liveEvaluation(world.scores.length + 1, score, { atMs: world.clock.now() }));
  }

  it('fire at once, once for all that come close together, with the worst first', () => {
    const world = worldWith(0.9, 0.2, 0.1, 0.25);
    world.look([bad]);
    add(world, 0.05);
    world.look([bad]);
    assert.deepEqual(world.kinds, ['firing']);
    assert.deepEqual(
      world.told[0]?.traces.map(({ score }) => score),
      [0.1, 0.2, 0.25],
    );
    assert.deepEqual(
      world.group()?.traces.map(({ score }) => score),
      [0.05, 0.1, 0.2, 0.25],
    );
  });

  it('are over when a good score comes and no bad one did for a while', () => {
    const world = worldWith(0.2);
    world.look([bad]);
    for (let at = 0; at < 3; at += 1) {
      add(world, 0.9);
      world.look([bad]);
    }
    assert.deepEqual(world.kinds, ['firing']);
    add(world, 0.9);
    world.look([bad]);
    assert.deepEqual(world.kinds, ['firing', 'resolved']);
  });

  it('are not over while nothing is scored, or what is cannot be measured', () => {
    const world = worldWith(0.2);
    world.look([bad]);
    for (let at = 0; at < 10; at += 1) {
      add(world, null);
      world.look([bad]);
    }
    assert.deepEqual([world.states, world.kinds], [['silent'], ['firing']]);
  });

  it('miss nothing where a process was killed, and read nothing twice', () => {
    const world = worldWith(0.9);
    world.look([bad]);
    add(world, 0.1);
    world.restart();
    world.look([bad]);
    world.restart();
    world.look([bad]);
    assert.deepEqual(world.kinds, ['firing']);
    assert.equal(world.store.evaluations, 2);
  });

  it('leave out what was scored before there were alerts, and read a log that begins anew', () => {
    const world = new AlertWorld();
    add(world, 0.1);
    world.look([bad]);
    assert.deepEqual(world.kinds, []);
    world.scores.push(liveEvaluation(9, 0.9));
    world.look([bad]);
    world.scores.splice(0);
    add(world, 0.1);
    world.look([bad]);
    assert.deepEqual(world.kinds, ['firing']);
  });

  it('leave out what was scored while there were none', () => {
    const world = worldWith(0.9);
    world.look([bad]);
    world.look([]);
    add(world, 0.1);
    world.look([]);
    world.restart();
    world.look([bad]);
    assert.deepEqual(world.kinds, []);
    add(world, 0.1);
    world.look([bad]);
    assert.deepEqual(world.kinds, ['firing']);
  });

  it('are about what their rule says, by group', () => {
    const world = new AlertWorld();
    const rule = { ...bad, of: { evaluator: 'concepts' }, by: 'model' as const };
    world.look([rule]);
    world.scores.push(
      liveEvaluation(1, 0.1, { evaluator: 'other' }),
      liveEvaluation(2, 0.1, { labels: { service: 's', model: 'x', release: null } }),
      liveEvaluation(3, 0.9, { labels: { service: 's', model: 'y', release: null } }),
      liveEvaluation(4, 0.1, { labels: { service: 's', model: null, release: null } }),
    );
    world.look([rule]);
    assert.deepEqual(
      ['x', 'y', null].map((label) => world.group(label)?.state),
      ['firing', 'inactive', 'firing'],
    );
  });
});
