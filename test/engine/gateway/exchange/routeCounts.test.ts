import assert from 'node:assert/strict';
import { RouteCounts } from '../../../../src/engine/gateway/exchange/routeCounts.ts';
import { exchange, ROUTE } from '../../../support/gateway/livePairs.ts';

describe('the counts of routes', () => {
  it('are not lost to releases that clients invent, and do not grow with them', () => {
    const counts = new RouteCounts({ armsOf: ({ arms }) => arms, set: (route) => route.arms });
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
});
