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

  it('counts what follows within 32 requests of the first', () => {
    for (const [window, last] of [
      [31, 'counts'],
      [32, 'is late'],
    ] as const) {
      const heard: string[][] = [];
      const one = new PairOrder<string>((pairs) => heard.push([...pairs]));
      one.add({ position: 0, cluster: 's', pair: 'first' });
      for (let at = 1; at < window; at += 1) one.skip(at);
      one.add({ position: window, cluster: 's', pair: 'last' });
      one.end();
      assert.deepEqual(heard, [last === 'counts' ? ['first', 'last'] : ['first']]);
      assert.equal(one.late, last === 'counts' ? 0 : 1);
    }
  });

  it('is that of requests where some are behind one that never came', () => {
    add(5);
    add(2);
    add(11);
    order.end();
    assert.deepEqual(clusters, [['2'], ['5'], ['11']]);
  });

  it('keeps sessions that are open in the order of their first requests', () => {
    add(0, 's');
    add(1, 't');
    add(2, 's');
    order.end();
    assert.deepEqual(clusters, [['0', '2'], ['1']]);
  });

  it('takes no position twice', () => {
    add(0);
    add(0);
    order.skip(1);
    add(1);
    order.end();
    assert.deepEqual(clusters, [['0']]);
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
