import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Log } from '../../../../src/engine/ports.ts';
import type { Finished, TelemetrySink } from '../../../../src/engine/telemetry/sinks/sink.ts';
import { SinkHub } from '../../../../src/engine/telemetry/sinks/sinkHub.ts';
import { manualClock } from '../../models/manualClock.ts';
import { oneOfEach, someSpans } from '../finished.ts';

/** Keeps what it takes, and takes its time where it is told to. */
function sink(name: string, taking: () => void | Promise<void> = () => {}) {
  const taken: Finished[] = [];
  const names = () => taken.flatMap(({ spans }) => spans.map((span) => span.name));
  const made: TelemetrySink = {
    name,
    take: (finished) => {
      taken.push(finished);
      return taking();
    },
    flush: () => {},
  };
  return { ...made, taken, names };
}

function hub(sinks: readonly TelemetrySink[], capacity?: number) {
  const said: string[] = [];
  const log: Log = { write: (level, message) => said.push(`${level} ${message}`) };
  const clock = manualClock(0);
  const made = new SinkHub(sinks, { clock, log, ...(capacity === undefined ? {} : { capacity }) });
  return { hub: made, said, clock };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('SinkHub', () => {
  it('gives the same to every sink, and none takes it away from the others', async () => {
    const [one, other] = [sink('one'), sink('other')];
    const { hub: all, said } = hub([one, other]);
    all.take(oneOfEach);
    await all.flush();
    assert.deepEqual(one.taken, [oneOfEach]);
    assert.deepEqual(other.taken, [oneOfEach]);
    assert.deepEqual(said, []);
  });

  for (const [how, fail] of [
    ['throws', () => assert.fail('no disk')],
    ['rejects', () => Promise.reject(new Error('no disk'))],
  ] as const)
    it(`goes on where a sink ${how}, and says once why and in the end how much was lost`, async () => {
      const [broken, fine] = [sink('broken', fail), sink('fine')];
      const { hub: all, said } = hub([broken, fine]);
      all.take(oneOfEach);
      await tick();
      all.take(someSpans(2));
      await all.flush();
      assert.deepEqual(fine.taken, [oneOfEach, someSpans(2)]);
      assert.deepEqual(said, [
        'warn telemetry sink "broken" is losing telemetry: no disk',
        'warn telemetry sink "broken" lost 3 spans, 1 log line, 1 evaluation: no disk',
      ]);
      await all.flush();
      assert.equal(said.length, 2);
    });

  it('keeps what finishes while a sink is busy, and gives it in one piece and in order', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = sink('slow', () => gate.promise);
    const { hub: all, said } = hub([slow]);
    for (const name of ['a', 'b', 'c']) all.take({ ...someSpans(0), spans: [{ ...first(), name }] });
    assert.deepEqual(slow.names(), ['a']);
    gate.resolve();
    await all.flush();
    assert.deepEqual(slow.names(), ['a', 'b', 'c']);
    assert.equal(slow.taken.length, 2);
    assert.deepEqual(said, []);
  });

  it('lets no more wait for a slow sink than there is room for, and says what it dropped', async () => {
    const gate = Promise.withResolvers<void>();
    const [slow, fast] = [sink('slow', () => gate.promise), sink('fast')];
    const { hub: all, said } = hub([slow, fast], 4);
    all.take(someSpans(1));
    all.take(someSpans(3));
    all.take(someSpans(3));
    all.take(oneOfEach);
    assert.equal(fast.names().length, 8);
    gate.resolve();
    await all.flush();
    assert.equal(slow.names().length, 1 + 4);
    assert.deepEqual(slow.taken[1]?.logs, []);
    assert.deepEqual(said, [
      'warn telemetry sink "slow" is losing telemetry: it is too slow; no more than 4 records wait for it',
      'warn telemetry sink "slow" lost 3 spans, 1 log line, 1 evaluation: it is too slow; no more than 4 records wait for it',
    ]);
  });

  it('has exactly as much room as it says', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = sink('slow', () => gate.promise);
    const { hub: all, said } = hub([slow], 4);
    all.take(someSpans(1));
    all.take(someSpans(4));
    gate.resolve();
    await all.flush();
    assert.equal(slow.names().length, 5);
    assert.deepEqual(said, []);
  });

  it('waits for a sink that hangs no longer than five seconds, and names it', async () => {
    const hanging = sink('hanging', () => new Promise(() => {}));
    const late = { ...sink('late'), flush: () => new Promise<void>(() => {}) };
    const { hub: all, said, clock } = hub([hanging, late, sink('fine')]);
    all.take(oneOfEach);
    const flushed = all.flush();
    await tick();
    clock.advance(4_999);
    await tick();
    assert.deepEqual(said, []);
    clock.advance(1);
    await flushed;
    assert.deepEqual(said, [
      'warn telemetry sink "hanging" is still busy after 5 s',
      'warn telemetry sink "late" is still busy after 5 s',
    ]);
  });

  it('leaves no timer behind when all sinks are done', async () => {
    const { hub: all, clock } = hub([sink('fine')]);
    await all.flush();
    assert.equal(clock.waiting, 0);
  });

  it('says why a flush failed', async () => {
    const failing = { ...sink('failing'), flush: () => Promise.reject(new Error('no network')) };
    const { hub: all, said } = hub([failing]);
    await all.flush();
    assert.deepEqual(said, ['warn telemetry sink "failing" is losing telemetry: no network']);
  });

  it('aborts what sinks do when it is closed, and gives them nothing more', async () => {
    let seen: AbortSignal | undefined;
    const one = sink('one');
    const { hub: all } = hub([
      {
        ...one,
        take: (finished, signal) => {
          seen = signal;
          one.taken.push(finished);
        },
      },
    ]);
    all.take(oneOfEach);
    all.close();
    all.take(oneOfEach);
    assert.equal(seen?.aborted, true);
    assert.equal(one.taken.length, 1);
  });
});

function first() {
  const [span] = someSpans(1).spans;
  assert.ok(span);
  return span;
}
