import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DeploymentWorld } from '../../../support/deploy/deploymentWorld.ts';

/** Of a release that was evaluated by these models, and is served by `m1`. */
async function deployed(recordedModels: string[]): Promise<DeploymentWorld> {
  const world = new DeploymentWorld();
  world.evidence.recordedModels = recordedModels;
  await world.begin();
  world.start();
  await world.run(30);
  return world;
}

function drifts(world: DeploymentWorld): string[] {
  return world.journal.entries
    .filter(({ data }) => data['event'] === 'model-drifted')
    .map(({ text }) => text);
}

describe('the model that serves a release', () => {
  let world: DeploymentWorld;
  afterEach(() => world.stop());

  it('is compared with the one that it was evaluated by, from the first step on: told once, evidence discarded once', async () => {
    world = await deployed(['m0']);
    assert.deepEqual(drifts(world), [
      'newer is served by m1, not by m0 as when it was evaluated, so that what was measured does not count any more',
    ]);
    const since = world.folded.evidenceSinceMs;
    const drifted = world.journal.entries.find(({ data }) => data['event'] === 'model-drifted');
    assert.ok(drifted && since !== null && since >= drifted.atMs);

    await world.run(300);
    assert.deepEqual([world.phase, drifts(world).length], ['done', 1]);
  });

  it('is told once over a change of controllers', async () => {
    world = await deployed(['m0']);
    await world.stop();
    world.start();
    await world.run(20);
    assert.equal(drifts(world).length, 1);
  });

  it('may be any of those that it was evaluated by', async () => {
    world = await deployed(['m0', 'm1']);
    world.evidence.add({ atMs: world.clock.now(), servedModel: 'm0' });
    await world.run(20);
    assert.deepEqual([drifts(world), world.folded.models], [[], ['m0', 'm1']]);
  });

  it('is noted where nothing says what it was evaluated by', async () => {
    world = await deployed([]);
    assert.deepEqual(drifts(world), []);
    assert.ok(world.journal.entries.some(({ text }) => text === 'newer is served by m1'));
  });
});
