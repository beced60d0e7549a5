import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Controller } from '../../../../src/engine/deploy/controller/controller.ts';
import { beginDeployment } from '../../../../src/engine/deploy/journal/beginDeployment.ts';
import { foldJournal } from '../../../../src/engine/deploy/journal/foldJournal.ts';
import type { DeploymentPhase } from '../../../../src/engine/deploy/machine/phase.ts';
import { KubernetesJournal } from '../../../../src/engine/deploy/routers/kubernetes/journal/kubernetesJournal.ts';
import { namesOf } from '../../../../src/engine/deploy/routers/kubernetes/versions/versionNames.ts';
import type { Pair } from '../../../../src/engine/deploy/routers/router.ts';
import { type Clock, systemClock } from '../../../../src/engine/ports.ts';
import { deploymentConfig } from '../../../support/deploy/deploymentWorld.ts';
import { FakeEvidence, fakeJudge } from '../../../support/deploy/fakeEvidence.ts';
import { SHOP, type Shop, startShop } from '../../../support/kubernetes/shop.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

const { signal } = new AbortController();

/** A hundred times as fast. */
const SPEED = 100;
const hasty: Clock = {
  now: () => systemClock.now() * SPEED,
  monotonic: () => systemClock.monotonic() * SPEED,
  sleep: (ms, abort) => systemClock.sleep(ms / SPEED, abort),
  after: (ms, work) => systemClock.after(ms / SPEED, work),
};

describe('a controller of a deployment to a cluster', function () {
  this.timeout(60_000);
  let shop: Shop;
  let pair: Pair;
  let evidence: FakeEvidence;
  let errors: number;
  let traffic: NodeJS.Timeout;
  const config = {
    ...deploymentConfig({ keepMs: 20_000, readyMs: 600_000, drainMs: 1_000 }),
    router: { kind: 'kubernetes' as const, ...SHOP },
  };

  beforeEach(async () => {
    shop = await startShop();
    pair = await shop.pair();
    evidence = new FakeEvidence();
    errors = 0;
    traffic = setInterval(() => evidence.add({ atMs: hasty.now(), isError: errors > 0 }), 10);
    const journal = new KubernetesJournal(shop.client(), hasty);
    await beginDeployment({ journal, config, pair, by: 'Ada', clock: hasty, signal });
  });
  afterEach(async () => {
    clearInterval(traffic);
    await shop.close();
  });

  /** A machine of its own. */
  const controller = (holder: string) =>
    new Controller({
      ...{ config, router: shop.router(), journal: new KubernetesJournal(shop.client(), hasty) },
      ...{ evidence, judge: fakeJudge, clock: hasty, holder },
      random: { next: seededRandom(1), hex: () => '00' },
    });
  const phase = async (): Promise<DeploymentPhase | undefined> =>
    foldJournal(await new KubernetesJournal(shop.client(), hasty).read('support', signal))?.state.phase;
  const green = () => namesOf(SHOP, pair.green).service;

  it('brings green to all the traffic', async () => {
    assert.equal(await controller('one').run(signal), 'done');
    assert.deepEqual(shop.weights(), { [green()]: 100 });
    assert.deepEqual(shop.server.names('deployments'), ['support', green()]);
  });

  it('takes green back where it errs: blue first, and nothing of it is left', async () => {
    errors = 1;
    assert.equal(await controller('one').run(signal), 'rolled-back');
    assert.deepEqual(shop.weights(), { support: 100 });
    assert.deepEqual(shop.server.names('deployments'), ['support']);
    const lines = shop.server.answered.map(({ line }) => line);
    assert.ok(
      lines.lastIndexOf('patch httproutes shop/support') <
        lines.indexOf(`delete deployments shop/${green()}`),
    );
  });

  it('goes on from another machine when one dies, wherever that is', async () => {
    let dead = 0;
    for (let wait = 1; (await phase()) !== 'done'; wait += 1) {
      const end = new AbortController();
      const running = controller(`machine ${wait}`)
        .run(end.signal)
        .catch(() => undefined);
      await systemClock.sleep(40 + wait * 15);
      end.abort(new Error('the machine dies'));
      await running;
      dead += 1;
      assert.ok(dead < 80, `still ${await phase()}`);
      const seen = await shop.router().observe(pair, signal);
      if ((seen.weights?.green ?? 0) > 0) assert.equal(seen.green.state, 'ready');
      assert.equal((seen.weights?.green ?? 0) + (seen.weights?.blue ?? 0), 100);
    }
    assert.ok(dead > 2);
    assert.deepEqual(shop.weights(), { [green()]: 100 });
  });
});
