import assert from 'node:assert/strict';
import { CLUSTER_WINDOW, PairOrder } from '../../../../src/engine/compare/live/pairOrder.ts';

describe('the order of live pairs', () => {
  let clusters: string[][];
  let order: PairOrder<string>;
  beforeEach(() => {
    clusters = [];
    order = new PairOrder((pairs) => clusters.push([...pairs]));
  });
  const add = (position: number, cluster?: string) => order.add({ position, cluster, pair: `${position}` });

  it('is that of requests, whoever is quick', () => {
    add(2);
    add(1);
    assert.deepEqual(clusters, []);
    add(0);
    assert.deepEqual(clusters, [['0'], ['1'], ['2']]);
  });

  it('goes on where a pair was given up', () => {
    add(1);
    order.skip(0);
    assert.deepEqual(clusters, [['1']]);
  });

  it('takes what shares a session for one, once enough requests have followed its first', () => {
    add(0, 's');
    add(1, 's');
    add(2);
    for (let at = 3; at < CLUSTER_WINDOW; at += 1) order.skip(at);
    assert.deepEqual(clusters, [['2']]);
    order.skip(CLUSTER_WINDOW);
    assert.deepEqual(clusters, [['2'], ['0', '1']]);
  });

  it('does not count a session twice', () => {
    add(0, 's');
    for (let at = 1; at <= CLUSTER_WINDOW; at += 1) order.skip(at);
    add(CLUSTER_WINDOW + 1, 's');
    order.end();
    assert.deepEqual(clusters, [['0']]);
    assert.equal(order.late, 1);
  });

  it('counts what is there when nothing more comes, in the order of requests', () => {
    add(5);
    add(1, 's');
    add(3, 's');
    order.end();
    assert.deepEqual(clusters, [['5'], ['1', '3']]);
  });

  it('gives the same clusters whether pairs came one after the other or are read again', () => {
    const positions = Array.from({ length: 200 }, (_, at) => at);
    const sessionOf = (at: number) => (at % 3 === 0 ? undefined : `s${(at * 7) % 11}`);
    for (const at of positions)
      if (at % 5 !== 0) add(at, sessionOf(at));
      else order.skip(at);
    order.end();

    const again: string[][] = [];
    const read = new PairOrder<string>((pairs) => again.push([...pairs]));
    for (const at of positions)
      if (at % 5 !== 0) read.add({ position: at, cluster: sessionOf(at), pair: `${at}` });
    read.end();
    assert.deepEqual(again, clusters);
  });
});
