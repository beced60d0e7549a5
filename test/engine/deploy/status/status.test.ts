import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { foldJournal } from '../../../../src/engine/deploy/journal/foldJournal.ts';
import { explain } from '../../../../src/engine/deploy/status/explain.ts';
import { statusOf } from '../../../../src/engine/deploy/status/statusOf.ts';
import { DeploymentWorld } from '../../../support/deploy/deploymentWorld.ts';

function statusIn(world: DeploymentWorld, controller: string | null = 'controller 1') {
  const live = { observed: null, report: null, controller };
  const status = statusOf(world.config, world.journal.entries, live);
  assert.ok(status);
  return status;
}

describe('the status of a deployment', () => {
  let world: DeploymentWorld;
  beforeEach(async () => {
    world = new DeploymentWorld();
    await world.begin();
    world.start();
  });
  afterEach(() => world.stop());

  it('tells the step, since when it is watched, and until when', async () => {
    await world.run(10);
    const status = statusIn(world);
    assert.deepEqual([status.phase, status.step, status.where], ['watching', 0, 'the fake route']);
    assert.equal(status.untilMs, status.sinceMs + 60_000);
    assert.deepEqual(status.actions, ['promote', 'pause', 'rollback', 'abort']);
  });

  it('explains where it is and why, the most important first', async () => {
    await world.run(10);
    assert.deepEqual(explain(statusIn(world)), [
      'newer gets 1 % of the traffic and is watched (step 1 of 3).',
      'The smoke test of newer passed: 3 of 3 cases passed.',
    ]);
  });

  it('says what a person asked for and where nobody controls it', async () => {
    await world.run(10);
    await world.stop();
    await world.wish({ kind: 'pause' });
    assert.deepEqual(explain(statusIn(world, null)).slice(2), [
      'Ada asked for: pause.',
      'No process controls it, so that nothing goes on: `touchstone deploy watch support`.',
    ]);
  });

  it('keeps saying that a person went on though the gate was undecided', async () => {
    await world.run(10);
    world.evidence.samples.length = 0;
    await world.wish({ kind: 'promote', override: 'the fix is urgent' });
    await world.run(2);
    await world.wish({ kind: 'rollback' });
    await world.run(5);
    assert.equal(
      explain(statusIn(world))[2],
      'Ada went on to step 2 though its gate was undecided: the fix is urgent.',
    );
  });

  it('offers nothing once it has ended, and says why it did', async () => {
    world.traffic = { answers: 4, errors: 4 };
    await world.run(60);
    const status = statusIn(world, null);
    assert.deepEqual([status.phase, status.actions, status.untilMs], ['rolled-back', [], null]);
    assert.deepEqual(explain(status).length, 2);
    assert.match(
      explain(status).join(' '),
      /^Rolled back: older serves\. newer has no traffic any more.*Its gate fails: \d+ errors\.$/,
    );
  });

  it('does not say that the version before serves where somebody else has changed the route', async () => {
    await world.run(10);
    world.router.drift = ['"other" gets traffic, too'];
    await world.wish({ kind: 'rollback' });
    await world.run(10);
    assert.deepEqual(explain(statusIn(world)).slice(0, 1), ['Rolled back: newer gets no traffic.']);
  });

  it('is told to whoever follows, at each change', async () => {
    await world.stop();
    const seen: string[] = [];
    world.start({ onChange: ({ phase, report }) => seen.push(`${phase} ${report?.green.samples ?? '-'}`) });
    await world.run(30);
    assert.ok(seen.includes('watching 0') || seen.includes('watching 1'));
    assert.ok(seen.length > 5);
  });

  it('is that of the entries alone: any prefix of them has one', async () => {
    await world.run(400);
    const { entries } = world.journal;
    for (let length = 1; length <= entries.length; length += 1) {
      const status = statusOf(world.config, entries.slice(0, length));
      assert.equal(status?.phase, foldJournal(entries.slice(0, length))?.state.phase);
      assert.ok((status?.explanation.length ?? 0) > 0);
    }
  });
});
