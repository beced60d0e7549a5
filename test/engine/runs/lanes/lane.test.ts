import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Lane } from '../../../../src/engine/runs/lanes/lane.ts';
import { Places } from '../../../../src/engine/runs/lanes/places.ts';

/** No task of these tests rejects. */
function fail(error: unknown): void {
  throw error;
}

/** A task that ends when it is told to. */
function gated() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { task: () => promise, end: resolve };
}

describe('Lane', () => {
  it('runs at most its limit at a time, in order', async () => {
    const started: number[] = [];
    const gates = Array.from({ length: 5 }, gated);
    const lane = new Lane(2, fail);
    for (const [index, gate] of gates.entries())
      lane.push(() => {
        started.push(index);
        return gate.task();
      });
    assert.deepEqual(started, [0, 1]);
    for (const gate of gates) gate.end();
    await lane.idle();
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
  });

  it('makes the reader wait while its queue is full', async () => {
    const gates = Array.from({ length: 3 }, gated);
    const lane = new Lane(1, fail);
    lane.push(gates[0]?.task ?? assert.fail);
    assert.equal(lane.room(), undefined);
    lane.push(gates[1]?.task ?? assert.fail);
    const room = lane.room();
    assert.ok(room);
    gates[0]?.end();
    await room;
    gates[1]?.end();
    await lane.idle();
  });

  it('goes on after a task that rejects, and reports it', async () => {
    const errors: unknown[] = [];
    const lane = new Lane(1, (error) => errors.push(error));
    let ran = false;
    lane.push(() => Promise.reject(new Error('no')));
    lane.push(async () => {
      ran = true;
    });
    await lane.idle();
    assert.equal(errors.length, 1);
    assert.ok(ran);
  });

  it('drops what has not started when cleared', async () => {
    const gate = gated();
    const lane = new Lane(1, fail);
    lane.push(gate.task);
    lane.push(() => assert.fail('must not start'));
    lane.clear();
    gate.end();
    await lane.idle();
  });

  it('shares places with other lanes, which take turns', async () => {
    const places = new Places().upTo(2);
    const started: string[] = [];
    let running = 0;
    let most = 0;
    const lanes = ['a', 'b', 'c'].map((name) => ({ name, lane: new Lane(2, fail, places) }));
    for (let index = 0; index < 4; index += 1)
      for (const { name, lane } of lanes)
        lane.push(async () => {
          running += 1;
          most = Math.max(most, running);
          started.push(name);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        });
    await Promise.all(lanes.map(({ lane }) => lane.idle()));
    assert.equal(most, 2);
    assert.equal(started.length, 12);
    assert.ok(started.slice(0, 6).includes('c'), started.join(' '));
  });

  it('shares places with lanes of another run, each up to its own limit', async () => {
    const places = new Places();
    const lanes = [new Lane(4, fail, places.upTo(3)), new Lane(4, fail, places.upTo(2))];
    const gates = Array.from({ length: 6 }, gated);
    const started: number[] = [];
    for (const [index, gate] of gates.entries())
      lanes[index % 2]?.push(() => {
        started.push(index);
        return gate.task();
      });
    assert.deepEqual(started, [0, 1, 2], 'the second lane has one, the first goes on to its limit of three');

    gates[1]?.end();
    await Promise.resolve();
    for (const gate of gates) gate.end();
    await Promise.all(lanes.map((lane) => lane.idle()));
    assert.deepEqual(started.toSorted(), [0, 1, 2, 3, 4, 5]);
  });

  it('leaves each of its queues a share of its places, until nothing more comes in the others', async () => {
    const lane = new Lane(5, fail);
    const started: string[] = [];
    const gates = Array.from({ length: 6 }, gated);
    lane.open('a');
    lane.open('b');
    for (const gate of gates)
      lane.push(() => {
        started.push('a');
        return gate.task();
      }, 'a');
    assert.equal(started.length, 3, 'half of five, rounded up');
    lane.push(async () => void started.push('b'), 'b');
    await Promise.resolve();
    assert.deepEqual(started, ['a', 'a', 'a', 'b']);
    await new Promise((resolve) => setImmediate(resolve));
    lane.close('b');
    assert.equal(started.length, 6, 'five at a time');
    for (const gate of gates) gate.end();
    await lane.idle();
    assert.equal(started.length, 7);
  });

  it('takes turns between its queues, and says which of them are drained and full', async () => {
    const lane = new Lane(1, fail);
    const started: string[] = [];
    const task = (name: string) => async () => void started.push(name);
    const gate = gated();
    lane.push(gate.task, 'a');
    for (const name of ['a1', 'a2', 'b1', 'b2']) lane.push(task(name), name[0]);
    assert.deepEqual([lane.isDrained('a'), lane.isDrained('c')], [false, true]);
    assert.ok(lane.room('b'));
    assert.equal(lane.room('c'), undefined);
    gate.end();
    await lane.idle();
    assert.deepEqual(started, ['a1', 'b1', 'a2', 'b2']);
  });
});
