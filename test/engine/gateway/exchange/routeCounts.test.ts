import assert from 'node:assert/strict';
import { RouteCounts } from '../../../../src/engine/gateway/exchange/routeCounts.ts';
import { WeightFile } from '../../../../src/engine/gateway/routes/weightFile.ts';
import type { ArmConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { exchange, ROUTE } from '../../../support/gateway/livePairs.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const NEW: ArmConfig[] = [
  { name: 'old', weight: 90, target: { kind: 'provider', provider: 'local', model: 'old' } },
  { name: 'new', weight: 10, target: { kind: 'release', release: 'support-2' } },
];

describe('the counts of routes', () => {
  it('are not lost to releases that clients invent, and do not grow with them', () => {
    const counts = new RouteCounts(new WeightFile(temporaryFolder(), systemRandom));
    counts.began(ROUTE, 'old', null);
    counts.ended(exchange('x', 'asked', 'told'));
    for (let at = 0; at < 1_000; at += 1) {
      const name = `release/${at}`;
      counts.began({ ...ROUTE, name }, 'old', null);
      counts.ended(exchange(name, 'asked', 'told', { route: name }));
    }
    assert.equal(counts.status(ROUTE, null).arms[0]?.requests, 1);
    const beside = counts.usedBeside([ROUTE]).map(({ name }) => name);
    assert.deepEqual([beside.length, beside.at(-1)], [200, 'release/999']);
  });

  it('tell what is under way at each target, also of one that the route has no more', () => {
    const counts = new RouteCounts(new WeightFile(temporaryFolder(), systemRandom));
    assert.ok(counts.setArms(ROUTE, NEW, counts.read(ROUTE).revision));
    for (const arm of ['old', 'new', 'new']) counts.began(ROUTE, arm, null);
    const { arms, inFlight, armsFrom } = counts.status(ROUTE, null);
    assert.deepEqual([arms.map((arm) => arm.inFlight), inFlight, armsFrom], [[1, 2], 3, 'deployment']);

    assert.ok(counts.setArms(ROUTE, null, counts.read(ROUTE).revision));
    assert.deepEqual(counts.read(ROUTE).inFlight, { old: 1, new: 2 });
    counts.ended(exchange('x', 'asked', 'told', { arm: 'new' }));
    counts.ended(exchange('x', 'asked', 'told', { arm: 'old' }));
    assert.deepEqual(counts.read(ROUTE).inFlight, { new: 1 });
  });

  it('begin anew with other targets, and not where the same are set again', () => {
    const counts = new RouteCounts(new WeightFile(temporaryFolder(), systemRandom));
    const requests = (): (number | undefined)[] => counts.status(ROUTE, null).arms.map((arm) => arm.requests);
    const set = (arms: ArmConfig[]) => counts.setArms(ROUTE, arms, counts.read(ROUTE).revision);
    set(NEW);
    counts.began(ROUTE, 'new', null);
    counts.ended(exchange('x', 'asked', 'told', { arm: 'new' }));
    set(structuredClone(NEW));
    assert.deepEqual(requests(), [0, 1]);
    const [old, next] = NEW;
    assert.ok(old && next);
    set([old, { ...next, target: { kind: 'agent', url: 'http://127.0.0.1:9000' } }]);
    assert.deepEqual(requests(), [0, 0]);
  });

  it('refuse targets for a route that is another by now', () => {
    const counts = new RouteCounts(new WeightFile(temporaryFolder(), systemRandom));
    const { revision } = counts.read(ROUTE);
    counts.setWeights(ROUTE, { old: 7 });
    assert.equal(counts.setArms(ROUTE, NEW, revision), undefined);
    assert.deepEqual(
      counts.armsOf(ROUTE).map(({ name, weight }) => [name, weight]),
      [['old', 7]],
    );
  });
});
