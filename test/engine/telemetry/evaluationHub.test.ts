import assert from 'node:assert/strict';
import { EvaluationHub } from '../../../src/engine/telemetry/stream/evaluationHub.ts';
import { liveEvaluation as evaluation } from '../../support/liveEvaluation.ts';

const { signal } = new AbortController();

describe('the hub of evaluations', () => {
  it('gives each subscriber all of it, in order', async () => {
    const hub = new EvaluationHub();
    const [one, other] = [hub.subscribe('one'), hub.subscribe('other')];
    hub.publish([evaluation(1), evaluation(2)]);
    hub.publish([evaluation(3)]);

    assert.deepEqual(
      (await one.take(2, signal)).map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual(
      (await one.take(9, signal)).map(({ seq }) => seq),
      [3],
    );
    assert.deepEqual(
      (await other.take(9, signal)).map(({ seq }) => seq),
      [1, 2, 3],
    );
  });

  it('counts what a slow one misses, and keeps nothing from the others', async () => {
    const hub = new EvaluationHub();
    const slow = Array.from({ length: 10 }, (_, index) => hub.subscribe(`slow ${index}`, 5));
    const fast = hub.subscribe('fast', 5);
    for (let seq = 1; seq <= 100; seq++) {
      hub.publish([evaluation(seq)]);
      assert.deepEqual(
        (await fast.take(9, signal)).map((one) => one.seq),
        [seq],
      );
    }

    for (const { health } of slow) assert.deepEqual([health.queued, health.dropped], [5, 95]);
    assert.deepEqual([fast.health.taken, fast.health.dropped], [100, 0]);
  });

  it('waits, until there is something, it is closed, or the signal comes; and can be asked again', async () => {
    const hub = new EvaluationHub();
    const subscriber = hub.subscribe('one');
    const stop = new AbortController();
    const stopped = subscriber.take(1, stop.signal);
    stop.abort();
    assert.deepEqual(await stopped, []);

    const waiting = subscriber.take(1, signal);
    hub.publish([evaluation(1)]);
    assert.equal((await waiting).length, 1);

    const last = subscriber.take(1, signal);
    subscriber.close();
    assert.deepEqual(await last, []);
    assert.deepEqual(hub.subscribers, []);
  });
});
