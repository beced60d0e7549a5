import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RouterError } from '../../../../src/engine/deploy/routers/routerError.ts';
import type { Weights } from '../../../../src/engine/deploy/sides.ts';
import { DeploymentWorld } from '../../../support/deploy/deploymentWorld.ts';

/** With green at 100 %, and blue kept. */
async function kept(): Promise<DeploymentWorld> {
  const world = new DeploymentWorld();
  await world.begin();
  world.start();
  await world.run(190);
  assert.equal(world.now, 'keeping 2');
  return world;
}

function steer(world: DeploymentWorld, weights: Weights): void {
  assert.ok(world.router.weights);
  world.router.weights.weights = weights;
}

/** Somebody else changes the weights between the last look and the end of blue. */
function steerAtTheEnd(world: DeploymentWorld): void {
  const observe = world.router.observe.bind(world.router);
  world.router.observe = (pair) => {
    if (world.folded.state.phase === 'decommissioning') {
      world.router.observe = observe;
      steer(world, { blue: 40, green: 60 });
    }
    return observe(pair);
  };
}

describe('the end of blue', () => {
  let world: DeploymentWorld;
  afterEach(() => world.stop());

  it('does not end blue while somebody else has given it traffic', async () => {
    world = await kept();
    steer(world, { blue: 40, green: 60 });
    await world.wish({ kind: 'decommission' });
    await world.run(5);
    const texts = world.journal.entries.map(({ text }) => text);
    assert.ok(
      texts.includes('older is not stopped: the weights are 40 % and 60 %, not 0 % and 100 %.'),
      texts.join('\n'),
    );
    assert.deepEqual([world.now, world.router.stopped], ['paused 2', []]);
  });

  it('does not end blue while green is not ready', async () => {
    world = await kept();
    const green = world.router.running.get('digest of newer');
    assert.ok(green);
    green.state = { state: 'failing', reason: 'it fell over' };
    await world.wish({ kind: 'decommission' });
    await world.run(30);
    const texts = world.journal.entries.map(({ text }) => text);
    assert.ok(texts.includes('older is not stopped: newer is not ready, it fell over.'), texts.join('\n'));
    assert.deepEqual([world.phase, world.router.stopped], ['rolled-back', ['newer']]);
  });

  describe('while blue is decommissioned and cannot be ended', () => {
    beforeEach(async () => {
      world = await kept();
      // Between the last look and the end.
      steerAtTheEnd(world);
      await world.run(65);
      assert.equal(world.now, 'decommissioning 2');
    });

    it('goes back to blue where a person says so', async () => {
      await world.wish({ kind: 'rollback' });
      await world.run(30);
      assert.deepEqual([world.phase, world.router.stopped], ['rolled-back', ['newer']]);
      assert.equal(world.router.share('digest of older'), 100);
      assert.deepEqual(world.router.problems, []);
    });

    it('fails in the end, and says what to do; a person decommissions it once the weights are right', async () => {
      await world.run(60);
      assert.equal(world.phase, 'failed');
      assert.match(
        world.folded.last.data.reason,
        /^older gets 40 % of the traffic, so it is not stopped\. Somebody else/,
      );
      steer(world, { blue: 0, green: 100 });
      await world.wish({ kind: 'decommission' });
      world.start();
      await world.run(30);
      assert.deepEqual([world.phase, world.router.stopped], ['done', ['older']]);
      assert.deepEqual(world.router.problems, []);
    });
  });

  it('has no way back once blue is stopped', async () => {
    world = await kept();
    const settle = world.router.settle.bind(world.router);
    world.router.settle = async () => {
      world.router.settle = settle;
      await world.wish({ kind: 'rollback' });
      throw new RouterError('it did not answer', { isTransient: true });
    };
    await world.wish({ kind: 'decommission' });
    await world.run(20);
    assert.equal(world.phase, 'done');
    assert.ok(
      world.journal.entries.some(
        ({ text }) => text === 'There is no way back to older: it is stopped already. Deploy it again.',
      ),
    );
  });
});
