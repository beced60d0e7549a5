import assert from 'node:assert/strict';
import type { Observed, Pair, Router } from '../../../src/engine/deploy/routers/router.ts';
import type { Side, Weights } from '../../../src/engine/deploy/sides.ts';
import { skip } from '../skip.ts';

const NO_TRAFFIC = 'no requests go through this router in tests';

/** A router over something real, and what a test does to it from outside. Blue serves; green does not exist yet. */
export interface RouterWorld {
  router: Router;
  pair: Pair;
  /** The same for a process that has taken over. */
  reopen(): Router;
  /** Green answers its readiness from now on, once it is started; until then it does not. */
  makeReady(): Promise<void>;
  /** Green breaks down for good. */
  breakDown(): Promise<void>;
  /** All that belongs to others, as it is now. */
  foreign(): Promise<unknown>;
  /** Somebody else changes what the deployment has set, beyond the two weights. */
  disturb(): Promise<void>;
  /** The other side of the router fails at its operation `at`, from 0, before it is done or after; null: at none. */
  failAt(at: number | null, when: 'before' | 'after'): void;
  /** It starts and stops versions itself; what others run, it leaves running. */
  startsVersions: boolean;
  /** Whether something of this side is running. */
  isRunning(side: Side): Promise<boolean>;
  /** Who answers so many requests; absent where none can be sent. */
  traffic?(count: number): Promise<{ [side in Side]: number }>;
  /** A request that a side is answering, until the function is called; absent where none can be sent. */
  holdRequest?(side: Side): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const never = new AbortController().signal;
/** More operations than any method has. */
const MOST_OPERATIONS = 40;
const DRAIN_MS = 200;

/** What the controller of deployments relies on, for every router. */
export function conformsAsRouter(name: string, open: () => Promise<RouterWorld>): void {
  describe(`${name} as a router`, function () {
    this.timeout(120_000);
    let world: RouterWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world?.close());

    const observe = (): Promise<Observed> => world.router.observe(world.pair, never);
    const weigh = (green: number): Promise<void> =>
      world.router.setWeights(world.pair, weights(green), never);
    const start = (): Promise<void> => world.router.start(world.pair, never);
    const stop = (side: Side, drainMs = DRAIN_MS): Promise<void> =>
      world.router.stop(world.pair, side, drainMs, never);
    const startReady = async (): Promise<void> => {
      await start();
      await world.makeReady();
      await until(async () => assert.equal((await observe()).green.state, 'ready'));
    };
    /** Nothing, or all. */
    const greenWeight = async (): Promise<number> => (await observe()).weights?.green ?? 0;

    it('says what it steers, and which version serves now', async () => {
      assert.match(await world.router.describe(never), /\w+/);
      assert.deepEqual(await world.router.current(never), world.pair.blue);
      const { weights: now, blue, green, drift } = await observe();
      assert.deepEqual([now?.green ?? 0, blue.state, green.state, drift], [0, 'ready', 'absent', []]);
    });

    it('starts green without traffic, does not wait for it, and tells when it is ready', async () => {
      await start();
      assert.notEqual((await observe()).green.state, 'absent');
      assert.equal(await greenWeight(), 0);
      await world.makeReady();
      await until(async () => assert.equal((await observe()).green.state, 'ready'));
      assert.deepEqual((await observe()).weights, { blue: 100, green: 0 });
      assert.deepEqual((await world.traffic?.(10))?.green ?? 0, 0);
    });

    it('gives no weight to what is not ready', async () => {
      await assert.rejects(weigh(1));
      assert.equal(await greenWeight(), 0);
      await start();
      await assert.rejects(weigh(1));
      assert.deepEqual((await observe()).weights, { blue: 100, green: 0 });
    });

    it('sets weights that are read back, and their sum stays', async () => {
      await startReady();
      for (const green of [1, 10, 50, 33.5, 75, 100, 0, 100]) {
        await weigh(green);
        await weigh(green);
        assert.deepEqual((await observe()).weights, weights(green));
      }
      for (const wrong of [
        { blue: 90, green: 90 },
        { blue: 0, green: 0 },
        { blue: 101, green: -1 },
        { blue: NaN, green: 1 },
      ])
        await assert.rejects(world.router.setWeights(world.pair, wrong, never));
      assert.deepEqual((await observe()).weights, weights(100));
    });

    it('moves traffic', async function () {
      if (!world.traffic) return skip(this, NO_TRAFFIC);
      await startReady();
      assert.deepEqual(await world.traffic(20), { blue: 20, green: 0 });
      await weigh(100);
      assert.deepEqual(await world.traffic(20), { blue: 0, green: 20 });
      await weigh(50);
      const { blue, green } = await world.traffic(200);
      assert.ok(blue > 60 && green > 60, `${blue} and ${green}`);
    });

    it('rolls back: weight 0 is read back also where green has broken down', async () => {
      await startReady();
      await weigh(25);
      await world.breakDown();
      await until(async () => assert.notEqual((await observe()).green.state, 'ready'));
      await assert.rejects(weigh(50));
      await weigh(0);
      assert.deepEqual((await observe()).weights, { blue: 100, green: 0 });
      await stop('green');
      assert.equal((await observe()).green.state, 'absent');
      assert.equal(await world.isRunning('green'), false);
      assert.deepEqual(await world.router.current(never), world.pair.blue);
    });

    it('rolls back where green does not exist, and leaves blue alone', async () => {
      await weigh(0);
      await stop('green');
      const { blue, green } = await observe();
      assert.deepEqual([blue.state, green.state], ['ready', 'absent']);
      assert.equal(await world.isRunning('blue'), true);
    });

    it('tries the same version again after it was rolled back', async () => {
      for (let round = 0; round < 2; round += 1) {
        await startReady();
        await weigh(10);
        await weigh(0);
        await stop('green');
      }
      assert.deepEqual(await world.router.current(never), world.pair.blue);
    });

    it('does not stop what gets traffic', async () => {
      await startReady();
      await weigh(50);
      for (const side of ['blue', 'green'] as const) await assert.rejects(stop(side));
      assert.equal(await world.isRunning('blue'), true);
      assert.equal(await world.isRunning('green'), true);
      assert.deepEqual((await observe()).weights, weights(50));
    });

    it('settles: green serves from now on, and blue is gone', async () => {
      await startReady();
      await assert.rejects(world.router.settle(world.pair, never));
      await weigh(100);
      await stop('blue');
      await world.router.settle(world.pair, never);
      await world.router.settle(world.pair, never);
      await stop('blue');
      assert.deepEqual(await world.router.current(never), world.pair.green);
      assert.deepEqual(await world.reopen().current(never), world.pair.green);
      assert.equal(await world.isRunning('green'), true);
    });

    it('leaves what others have as it is', async () => {
      const before = await world.foreign();
      await startReady();
      await weigh(10);
      assert.deepEqual(await world.foreign(), before);
      await weigh(0);
      await stop('green');
      assert.deepEqual(await world.foreign(), before);
      await startReady();
      await weigh(100);
      await stop('blue');
      await world.router.settle(world.pair, never);
      assert.deepEqual(await world.foreign(), before);
    });

    it('reports what somebody else has changed, and does not change it back', async () => {
      await startReady();
      await weigh(10);
      assert.deepEqual((await observe()).drift, []);
      await world.disturb();
      const disturbed = await world.foreign();
      const { drift } = await observe();
      assert.ok(drift.length > 0);
      for (const sentence of drift) assert.match(sentence, /\w+ \w+/);
      await weigh(0).catch(() => {});
      assert.deepEqual(await world.foreign(), disturbed);
      assert.equal(await greenWeight(), 0);
    });

    it('goes on in another process', async () => {
      await startReady();
      await weigh(10);
      const { router } = world;
      world.router = world.reopen();
      assert.deepEqual((await observe()).weights, weights(10));
      assert.equal((await observe()).green.state, 'ready');
      await start();
      assert.deepEqual((await observe()).weights, weights(10));
      await weigh(0);
      await stop('green');
      assert.equal((await router.observe(world.pair, never)).green.state, 'absent');
    });

    it('ends at once where its signal says so', async () => {
      const reason = new Error('the person has left');
      const ended = AbortSignal.abort(reason);
      const { router, pair } = world;
      await startReady();
      const calls: (() => Promise<unknown>)[] = [
        () => router.describe(ended),
        () => router.current(ended),
        () => router.observe(pair, ended),
        () => router.start(pair, ended),
        () => router.setWeights(pair, weights(10), ended),
        () => router.stop(pair, 'green', DRAIN_MS, ended),
        () => router.settle(pair, ended),
        () => router.target(pair, 'green', ended),
      ];
      for (const call of calls) await assert.rejects(call(), (error) => error === reason);
      assert.deepEqual((await observe()).weights, weights(0));
      assert.equal((await observe()).green.state, 'ready');
    });

    it('waits for requests under way, and no longer than it was told', async function () {
      if (!world.holdRequest) return skip(this, NO_TRAFFIC);
      await startReady();
      await weigh(100);
      const release = await world.holdRequest('green');
      await weigh(0);
      await until(async () => assert.equal((await observe()).green.state, 'draining'));
      const stopping = stop('green', 60_000);
      assert.equal(await world.isRunning('green'), true);
      await release();
      await stopping;
      assert.equal((await observe()).green.state, 'absent');

      await startReady();
      await weigh(100);
      const forever = await world.holdRequest('green');
      await weigh(0);
      await stop('green', 1);
      assert.equal(await world.isRunning('green'), !world.startsVersions);
      await forever().catch(() => {});
    });

    for (const when of ['before', 'after'] as const)
      it(`does what is missing where an operation failed, called again (${when} it was done)`, async () => {
        const again = async (
          prepare: () => Promise<void>,
          work: () => Promise<void>,
          holds: () => Promise<void>,
        ): Promise<void> => {
          for (let at = 0; at < MOST_OPERATIONS; at += 1) {
            await prepare();
            world.failAt(at, when);
            const failed = await work().then(
              () => false,
              () => true,
            );
            world.failAt(null, when);
            // What is half done never gives traffic to what is not there.
            const { weights: now, green } = await observe();
            if ((now?.green ?? 0) > 0) assert.equal(green.state, 'ready');
            await work();
            await holds();
            if (!failed) return;
          }
          assert.fail('it goes on failing');
        };
        const anew = async (): Promise<void> => {
          await world.close();
          world = await open();
        };
        const weighed = (green: number) => async () =>
          assert.deepEqual((await observe()).weights, weights(green));
        const isGone = async (): Promise<void> => assert.equal((await observe()).green.state, 'absent');

        await again(
          () => stop('green'),
          start,
          async () => assert.notEqual((await observe()).green.state, 'absent'),
        );
        await startReady();
        await again(
          () => weigh(0),
          () => weigh(40),
          weighed(40),
        );
        await again(
          () => weigh(40),
          () => weigh(0),
          weighed(0),
        );
        await again(startReady, () => stop('green'), isGone);
        await again(
          async () => {
            await anew();
            await startReady();
            await weigh(100);
          },
          async () => {
            await stop('blue');
            await world.router.settle(world.pair, never);
          },
          async () => assert.deepEqual(await world.router.current(never), world.pair.green),
        );
      });
  });
}

function weights(green: number): Weights {
  return { blue: 100 - green, green };
}

/** Real programs take their time. */
async function until(holds: () => Promise<void>): Promise<void> {
  for (let left = 600; ; left -= 1)
    try {
      return await holds();
    } catch (error) {
      if (left <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
}
