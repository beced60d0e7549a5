import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DeploymentWorld } from '../../../support/deploy/deploymentWorld.ts';

describe('a controller of a deployment', () => {
  it('brings a good version to 100 %, keeps the one before for a while, and stops it', async () => {
    const world = new DeploymentWorld();
    await world.begin();
    world.start();
    await world.run(400);
    assert.deepEqual(world.story, [
      ...['preparing', 'starting', 'healthy', 'smoking', 'watching 0', 'watching 1', 'watching 2'],
      ...['keeping 2', 'decommissioning 2', 'done 2'],
    ]);
    assert.deepEqual(
      [world.phase, world.router.serving?.name, world.router.stopped],
      ['done', 'newer', ['older']],
    );
    assert.deepEqual(world.router.problems, []);
  });
});
