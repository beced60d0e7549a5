import assert from 'node:assert/strict';
import fc from 'fast-check';
import { VirtualClock } from '../../../src/engine/simulate/virtualClock.ts';

describe('virtual clock', () => {
  it('passes hours at once, and shows them on both scales', async () => {
    const clock = new VirtualClock({ start: 1000 });

    await clock.run(() => clock.sleep(7_200_000));

    assert.deepEqual([clock.monotonic(), clock.now()], [7_200_000, 7_201_000]);
  });

  it('wakes sleepers in the order of their time, and of their setting within one moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 60 }), async (waits) => {
        const clock = new VirtualClock();
        const woken: number[] = [];

        await clock.run(() =>
          Promise.all(
            waits.map(async (ms, index) => {
              await clock.sleep(ms);
              assert.equal(clock.monotonic(), ms);
              woken.push(index);
            }),
          ),
        );

        const order = waits
          .map((_, index) => index)
          .sort((a, b) => (waits[a] ?? 0) - (waits[b] ?? 0) || a - b);
        assert.deepEqual(woken, order);
      }),
    );
  });

  it('lets go of a sleeper whose signal ends, and neither wakes it nor passes its time', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();

    await clock.run(async () => {
      const slept = assert.rejects(clock.sleep(5000, stop.signal), /enough/);
      await clock.sleep(10);
      stop.abort(new Error('enough'));
      await slept;
      await clock.sleep(20);
    });

    assert.equal(clock.monotonic(), 30);
  });

  it('says when everybody waits for something that never comes', async () => {
    const clock = new VirtualClock();
    await assert.rejects(
      clock.run(() => new Promise(() => {})),
      /at 0 ms, everybody waits/,
    );
  });

  it('hands on what the work throws', async () => {
    const clock = new VirtualClock();
    const work = async () => {
      await clock.sleep(1);
      throw new Error('no');
    };
    await assert.rejects(clock.run(work), /no/);
  });

  it('stops where its signal ends, however much there is still to do', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error('stopped')));
    const forever = async () => {
      for (;;) await clock.sleep(1);
    };
    await assert.rejects(clock.run(forever, stop.signal), { message: 'stopped' });
  });
});
