import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Turns } from '../../../../src/engine/resilience/waiting/fairTurns.ts';

describe('turns of callers', () => {
  const all = (turns: Turns<string>) => {
    const taken: string[] = [];
    for (let item = turns.take(); item !== undefined; item = turns.take()) taken.push(item);
    return taken;
  };

  function turnsOf(...items: string[]): Turns<string> {
    const turns = new Turns<string>();
    for (const item of items) turns.add(item[0] ?? '', item);
    return turns;
  }

  it('alternate between callers, and keep the order of each', () => {
    const turns = turnsOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
    assert.equal(turns.size, 6);
    assert.equal(turns.first(), 'a1');
    assert.deepEqual([...turns], ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']);
    assert.deepEqual(all(turns), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    assert.deepEqual([turns.size, turns.first(), turns.take()], [0, undefined, undefined]);
  });

  it('let a caller that comes back wait behind the others', () => {
    const turns = turnsOf('a1', 'b1');
    turns.take();
    turns.add('a', 'a2');
    assert.deepEqual(all(turns), ['b1', 'a2']);
  });

  it('can be looked at in the order in which they would be taken, and passed', () => {
    const turns = turnsOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
    assert.deepEqual([...turns.inOrder()], ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    turns.pass('a');
    turns.pass('nobody');
    assert.deepEqual([...turns.inOrder()], ['b1', 'c1', 'a1', 'c2', 'a2', 'a3']);
    assert.equal(turns.size, 6);
    assert.deepEqual(all(turns), ['b1', 'c1', 'a1', 'c2', 'a2', 'a3']);
  });

  it('stay as they are where an item leaves', () => {
    const turns = turnsOf('a1', 'a2', 'b1', 'c1');
    turns.delete('a', 'a1');
    turns.delete('b', 'b1');
    turns.delete('b', 'b1');
    turns.delete('a', 'c1');
    turns.delete('x', 'x1');
    assert.equal(turns.size, 2);
    assert.deepEqual(all(turns), ['a2', 'c1']);
  });

  it('let items of another line overtake where a line is closed, and keep the order of each', () => {
    const turns = new Turns<string>();
    for (const item of ['a1x', 'a2y', 'b3x', 'a4x', 'c5y', 'a6y']) turns.add(item[0] ?? '', item, item[2]);
    assert.deepEqual([turns.sizeOf('x'), turns.sizeOf('y'), turns.sizeOf('z')], [3, 3, 0]);
    assert.deepEqual([...turns.heads()], ['a1x', 'a2y', 'b3x', 'c5y']);
    const onlyY = (item: string) => item.endsWith('y');
    assert.equal(turns.first(onlyY), 'a2y');
    assert.deepEqual([turns.take(onlyY), turns.take(onlyY), turns.take(onlyY)], ['a2y', 'c5y', 'a6y']);
    assert.equal(turns.take(onlyY), undefined);
    assert.deepEqual(all(turns), ['b3x', 'a1x', 'a4x']);
    assert.deepEqual([turns.size, turns.sizeOf('x'), turns.sizeOf('y')], [0, 0, 0]);
  });

  it('go by arrival between the lines of one caller', () => {
    const turns = new Turns<string>();
    for (const item of ['1x', '2y', '3x', '4y']) turns.add('a', item, item[1]);
    turns.delete('a', '1x', 'x');
    turns.delete('a', '4y', 'x');
    assert.deepEqual([turns.sizeOf('x'), turns.sizeOf('y')], [1, 2]);
    turns.add('b', '5y', 'y');
    turns.delete('b', '5y', 'y');
    assert.equal(turns.sizeOf('y'), 2);
    assert.deepEqual([...turns.inOrder()], ['2y', '3x', '4y']);
    assert.deepEqual(all(turns), ['2y', '3x', '4y']);
  });

  it('let nobody wait for more than one call of each other caller', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }), (callers) => {
        const turns = new Turns<string>();
        for (const [at, caller] of callers.entries()) turns.add(caller, `${caller}${at}`);
        const taken = all(turns).map((item) => item[0] ?? '');
        assert.deepEqual([...taken].sort(), [...callers].sort());
        for (const [at, caller] of taken.entries()) {
          const before = taken.slice(0, at);
          const since = before.slice(before.lastIndexOf(caller) + 1);
          assert.equal(new Set(since).size, since.length, `${taken.join('')} at ${at}`);
        }
      }),
    );
  });
});
