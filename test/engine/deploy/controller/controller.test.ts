import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DeploymentControlled } from '../../../../src/engine/deploy/controller/controller.ts';
import { RouterError } from '../../../../src/engine/deploy/routers/routerError.ts';
import { statusOf } from '../../../../src/engine/deploy/status/statusOf.ts';
import { DeploymentWorld, deploymentConfig } from '../../../support/deploy/deploymentWorld.ts';
import { fakeJudge } from '../../../support/deploy/fakeEvidence.ts';

const START = ['preparing', 'starting', 'healthy', 'smoking'];

/** Until it is watched at the first step, with traffic. */
async function watched(policy = {}, options = {}): Promise<DeploymentWorld> {
  const world = new DeploymentWorld({ config: deploymentConfig(policy), ...options });
  await world.begin();
  world.start();
  await world.run(10);
  assert.equal(world.now, 'watching 0');
  return world;
}

describe('a controller of a deployment', () => {
  let world: DeploymentWorld;
  afterEach(() => world.stop());

  it('brings a good version to 100 %, keeps the one before for a while, and stops it', async () => {
    world = new DeploymentWorld();
    await world.begin();
    world.start();
    await world.run(400);
    assert.deepEqual(world.story, [
      ...START,
      ...['watching 0', 'watching 1', 'watching 2', 'keeping 2', 'decommissioning 2', 'done 2'],
    ]);
    assert.deepEqual(
      [world.phase, world.router.serving?.name, world.router.stopped],
      ['done', 'newer', ['older']],
    );
    assert.deepEqual(world.router.problems, []);
  });

  it('takes a bad version back at the first step: green to 0 first, read back, and stopped then', async () => {
    world = await watched();
    world.traffic = { answers: 4, errors: 2 };
    await world.run(60);
    assert.equal(world.phase, 'rolled-back');
    assert.deepEqual([world.router.share('digest of newer'), world.router.stopped], [0, ['newer']]);
    assert.equal(world.router.share('digest of older'), 100);
    assert.deepEqual(world.router.problems, []);
    assert.match(world.folded.last.data.reason, /no traffic any more.*Its gate fails: \d+ errors/);
  });

  it('keeps the figures and traces of what failed in the journal, for whoever looks after a restart', async () => {
    world = new DeploymentWorld();
    await world.begin();
    world.start({
      judge: (...from) => {
        const report = fakeJudge(...from);
        return { ...report, green: { ...report.green, failedTraces: ['a'.repeat(32)] } };
      },
    });
    world.traffic = { answers: 4, errors: 2 };
    await world.run(60);
    await world.stop();
    const status = statusOf(world.config, world.journal.entries);
    assert.equal(status?.phase, 'rolled-back');
    assert.equal(status.report?.status, 'fail');
    assert.ok((status.report?.green.errors ?? 0) > 0);
    assert.deepEqual(status.report?.green.failedTraces, ['a'.repeat(32)]);
  });

  it('keeps what the last step came to at 100 %, and nothing of a step while the next one is watched', async () => {
    world = new DeploymentWorld();
    await world.begin();
    world.start();
    await world.run(80);
    assert.equal(world.now, 'watching 1');
    assert.equal(statusOf(world.config, world.journal.entries)?.report, null);
    await world.run(400);
    const { phase, report } = statusOf(world.config, world.journal.entries) ?? {};
    assert.deepEqual([phase, report?.status], ['done', 'pass']);
  });

  it('gives green no traffic before it is ready, however long it takes', async () => {
    world = new DeploymentWorld();
    world.router.slowness = 40;
    await world.begin();
    world.start();
    await world.run(15);
    assert.deepEqual([world.now, world.router.weights], ['starting', null]);
    await world.run(15);
    assert.equal(world.now, 'watching 0');
    assert.deepEqual(world.router.problems, []);
  });

  it('gives up on what is not ready in time', async () => {
    world = new DeploymentWorld();
    world.router.slowness = 1000;
    await world.begin();
    world.start();
    await world.run(60);
    assert.deepEqual(
      [world.phase, world.router.weights, world.router.stopped],
      ['rolled-back', null, ['newer']],
    );
    assert.match(world.folded.last.data.reason, /was not ready in time: it has not answered yet/);
  });

  it('does not give up on what got ready, or was not started, while nobody controlled it', async () => {
    world = new DeploymentWorld();
    world.router.slowness = 10;
    await world.begin();
    world.start();
    await world.run(2);
    await world.stop();
    world.router.slowness = 0;
    for (const running of world.router.running.values()) running.looks = 0;
    await world.clock.advance(120_000);
    world.start();
    await world.run(10);
    assert.equal(world.now, 'watching 0');

    await world.stop();
    world = new DeploymentWorld();
    const start = world.router.start.bind(world.router);
    world.router.start = () => Promise.reject(new RouterError('the disk is full', { isTransient: true }));
    await world.begin();
    world.start();
    await world.run(2);
    await world.stop();
    assert.equal(world.now, 'starting');
    world.router.start = start;
    await world.clock.advance(120_000);
    world.start();
    await world.run(10);
    assert.equal(world.now, 'watching 0');
  });

  it('takes back what falls over while it has traffic', async () => {
    world = await watched();
    world.router.running.set('digest of newer', { looks: 0, state: { state: 'failing', reason: 'exit 1' } });
    await world.run(10);
    assert.equal(world.phase, 'rolled-back');
    assert.match(world.folded.last.data.reason, /not ready any more: exit 1/);
  });

  for (const [what, traffic] of [
    ['there is no traffic', 0],
    ['traffic stops later', 0],
  ] as const) {
    it(`pauses where ${what}: the number of samples is that of the step alone`, async () => {
      world = await watched();
      if (what === 'traffic stops later') {
        await world.run(54);
        assert.equal(world.now, 'watching 1');
      } else world.evidence.samples.length = 0;
      world.traffic = { answers: traffic, errors: 0 };
      await world.run(90);
      assert.match(world.now, /^paused/);
      assert.match(world.folded.last.data.reason, /undecided: \d of 10 samples/);
    });
  }

  it('does not believe a report that passes without samples, or before its time', async () => {
    world = await watched();
    await world.stop();
    const figures = {
      ...{
        bySource: {},
        errors: 0,
        errorRate: null,
        passRate: null,
        meanScore: null,
        p50Ms: null,
        p95Ms: null,
      },
      ...{ costUsd: null, costPerRequest: null, servedModels: [], failedTraces: [] },
    };
    const pass = (samples: number) => () => ({
      ...{ status: 'pass' as const, reason: null, clauses: [], minSamples: 10 },
      ...{ blue: { ...figures, samples: 0 }, green: { ...figures, samples } },
    });
    world.start({ judge: pass(100) });
    await world.run(30);
    assert.equal(world.now, 'watching 0');
    await world.stop();
    world.start({ judge: pass(9) });
    await world.run(60);
    assert.equal(world.now, 'paused 0');
  });

  it('extends a step that is undecided as often as it may, and pauses then', async () => {
    world = await watched({ undecided: 'extend', maxExtensions: 1 });
    world.evidence.samples.length = 0;
    world.traffic = { answers: 0, errors: 0 };
    await world.run(60);
    assert.deepEqual([world.now, world.folded.state.extensions], ['watching 0', 1]);
    await world.run(60);
    assert.equal(world.now, 'paused 0');
  });

  it('passes a step before its time where the policy allows and the evidence shows it', async () => {
    world = await watched({ earlyPassMs: 25_000 });
    await world.run(15);
    assert.equal(world.now, 'watching 0');
    await world.run(10);
    assert.equal(world.now, 'watching 1');
  });

  it('asks golden cases where traffic brings too few samples, as many as are missing and once', async () => {
    const config = deploymentConfig();
    world = new DeploymentWorld({
      config: { ...config, evidence: { ...config.evidence, goldenCases: true } },
    });
    await world.begin();
    world.traffic = { answers: 0, errors: 0 };
    world.start();
    await world.run(30);
    assert.deepEqual(world.evidence.fills, []);
    await world.run(40);
    assert.deepEqual([world.evidence.fills[0], world.now], [10, 'watching 1']);
    assert.equal(world.evidence.fills.length, 1);
  });

  it('begins a step anew where the provider serves another model', async () => {
    world = await watched();
    await world.run(50);
    world.evidence.add({ atMs: world.clock.now(), servedModel: 'm2' });
    await world.run(10);
    assert.equal(world.folded.last.data.event, 'model-drifted');
    assert.match(world.folded.last.data.reason, /served by m2, not by m1 alone/);
    await world.run(30);
    assert.equal(world.now, 'watching 0');
    await world.run(40);
    assert.equal(world.now, 'watching 1');
  });

  describe('asked by a person', () => {
    it('promotes what passes, at once', async () => {
      world = await watched();
      await world.run(15);
      await world.wish({ kind: 'promote' });
      await world.run(2);
      assert.equal(world.now, 'watching 1');
    });

    it('does not promote what is undecided without a reason, and shows the reason for good', async () => {
      world = await watched();
      world.evidence.samples.length = 0;
      world.traffic = { answers: 0, errors: 0 };
      await world.wish({ kind: 'promote' });
      await world.run(2);
      assert.equal(world.now, 'watching 0');
      assert.match(
        world.journal.entries.at(-1)?.text ?? '',
        /not promoted, because its gate is undecided.*--override/,
      );

      await world.wish({ kind: 'promote', override: 'the fix is urgent' });
      await world.run(2);
      assert.equal(world.now, 'watching 1');
      const promoted = world.journal.entries.filter(
        ({ data }) => data['override'] !== undefined && data['state'],
      );
      assert.deepEqual(
        promoted.map(({ data }) => data['override']),
        ['the fix is urgent'],
      );
    });

    it('pauses, and begins the step anew when it is resumed', async () => {
      world = await watched();
      await world.run(40);
      await world.wish({ kind: 'pause' });
      await world.run(90);
      assert.equal(world.now, 'paused 0');
      await world.wish({ kind: 'resume' });
      await world.run(40);
      assert.equal(world.now, 'watching 0');
      await world.run(25);
      assert.equal(world.now, 'watching 1');
    });

    it('takes back what fails also while it is paused', async () => {
      world = await watched();
      await world.wish({ kind: 'pause' });
      await world.run(2);
      world.traffic = { answers: 4, errors: 4 };
      await world.run(20);
      assert.equal(world.phase, 'rolled-back');
    });

    it('aborts before green exists, with nothing to do and blue untouched', async () => {
      world = new DeploymentWorld();
      await world.begin();
      await world.wish({ kind: 'abort' });
      world.start();
      await world.run(5);
      assert.deepEqual([world.phase, world.router.weights], ['rolled-back', null]);
      assert.equal(world.router.isReady('digest of older'), true);
      assert.equal(world.router.share('digest of older'), 100);
    });

    it('goes back from 100 % while the version before is kept', async () => {
      world = await watched();
      await world.run(180);
      assert.equal(world.now, 'keeping 2');
      await world.wish({ kind: 'rollback' });
      await world.run(10);
      assert.deepEqual([world.phase, world.router.share('digest of older')], ['rolled-back', 100]);
      assert.deepEqual(world.router.problems, []);
    });

    it('ends the time for which blue is kept', async () => {
      world = await watched();
      await world.run(180);
      await world.wish({ kind: 'decommission' });
      await world.run(5);
      assert.equal(world.phase, 'done');
    });

    it('says why a wish makes no sense now', async () => {
      world = await watched();
      await world.wish({ kind: 'resume' });
      await world.run(2);
      const last = world.journal.entries.at(-1);
      assert.deepEqual(
        [last?.kind, last?.text],
        ['note', 'It cannot be resumed now: a step is being watched.'],
      );
      assert.deepEqual(world.folded.wishes, []);
    });

    it('begins again with a newer version: evidence does not count, green is taken back first', async () => {
      world = await watched();
      await world.run(65);
      assert.equal(world.now, 'watching 1');
      await world.begin('newest');
      await world.run(12);
      assert.deepEqual([world.folded.state.pair.green.name, world.now], ['newest', 'watching 0']);
      assert.deepEqual(world.router.stopped, ['newer']);
      assert.deepEqual(world.router.problems, []);
    });

    it('tries the same version again after it was rolled back', async () => {
      world = await watched();
      await world.wish({ kind: 'rollback' });
      await world.run(5);
      assert.equal(world.phase, 'rolled-back');
      await world.begin();
      world.start();
      await world.run(10);
      assert.equal(world.now, 'watching 0');
    });

    it('waits at each step where the policy says so', async () => {
      world = await watched({ confirm: true });
      await world.run(65);
      assert.equal(world.now, 'paused 0');
      await world.wish({ kind: 'promote' });
      await world.run(5);
      assert.equal(world.now, 'watching 1');
    });
  });

  describe('beside others', () => {
    it('pauses where somebody changes the weights, and sets them again when it is resumed', async () => {
      world = await watched();
      if (world.router.weights) world.router.weights.weights = { blue: 100, green: 0 };
      await world.run(5);
      assert.equal(world.now, 'paused 0');
      assert.deepEqual(world.router.weights?.weights, { blue: 100, green: 0 });
      assert.match(world.folded.last.data.reason, /the weights are 100 % and 0 %, not 99 % and 1 %/);
      await world.wish({ kind: 'resume' });
      await world.run(5);
      assert.deepEqual(world.router.weights?.weights, { blue: 99, green: 1 });
    });

    it('reports drift once for each change, and does not undo it', async () => {
      world = await watched();
      world.router.drift = ['A filter was added.'];
      await world.run(10);
      world.router.drift = [];
      await world.run(10);
      const notes = world.journal.entries.filter(({ data }) => data['drift'] !== undefined);
      assert.deepEqual(
        notes.map(({ text }) => text),
        ['A filter was added.', 'What somebody else had changed is as it was'],
      );
      assert.equal(world.now, 'watching 0');
    });

    it('is refused where another one controls', async () => {
      world = await watched();
      const { signal } = new AbortController();
      await assert.rejects(world.control().run(signal), DeploymentControlled);
    });

    it('does nothing more once another one has the lease', async () => {
      world = await watched();
      world.journal.forget('controller 1');
      await world.journal.hold('support', 'controller 9', 600_000);
      const before = world.journal.entries.length;
      world.traffic = { answers: 4, errors: 4 };
      await world.run(60);
      assert.deepEqual([world.phase, world.journal.entries.length], ['watching', before]);
      assert.equal(world.router.share('digest of newer'), 1);
    });

    it('changes nothing where it was suspended for longer than its lease, between a look and what follows', async () => {
      world = new DeploymentWorld();
      await world.begin();
      const observe = world.router.observe.bind(world.router);
      world.router.observe = async (pair) => {
        const observed = await observe(pair);
        if (world.now === 'watching 0') world.clock.pass(40_000);
        return observed;
      };
      world.start();
      await world.run(10);
      assert.deepEqual([world.phase, world.router.weights], ['watching', null]);
    });

    it('goes on where another process was killed: the hold is not begun again', async () => {
      world = await watched();
      await world.run(40);
      await world.stop();
      await world.run(5);
      world.start();
      await world.run(20);
      assert.equal(world.now, 'watching 1');
      assert.equal(world.evidence.begins >= 2, true);
    });
  });

  it('says that what it steers is silent, once, and that it answers again', async () => {
    world = await watched();
    const observe = world.router.observe.bind(world.router);
    world.router.observe = () =>
      Promise.reject(new RouterError('the gateway does not run', { isTransient: true }));
    await world.run(20);
    const texts = () => world.journal.entries.flatMap(({ kind, text }) => (kind === 'note' ? [text] : []));
    assert.deepEqual(texts().slice(-1), ['Nothing can be seen or changed for now: the gateway does not run']);
    assert.equal(texts().filter((text) => text.startsWith('Nothing can be seen')).length, 1);
    world.router.observe = observe;
    await world.run(20);
    assert.match(texts().join(' '), /What it steers can be seen and changed again/);
  });

  describe('when a clock is set', () => {
    for (const [what, ms] of [
      ['forward by an hour', 3_600_000],
      ['back by less than the step has lasted', -20_000],
    ] as const) {
      it(`${what}, holds for as long as it would have`, async () => {
        world = await watched();
        await world.run(30);
        world.clock.setWall(world.clock.now() + ms);
        await world.run(20);
        assert.equal(world.now, 'watching 0');
        await world.run(20);
        assert.equal(world.now, 'watching 1');
      });
    }

    it('back by an hour, begins the step anew, once', async () => {
      world = await watched();
      await world.run(50);
      world.clock.setWall(world.clock.now() - 3_600_000);
      await world.run(30);
      assert.equal(world.now, 'watching 0');
      await world.run(40);
      assert.equal(world.now, 'watching 1');
    });

    it('back by an hour while it is kept, ends it within that time again', async () => {
      world = await watched();
      await world.run(180);
      assert.equal(world.now, 'keeping 2');
      await world.stop();
      world.clock.setWall(world.clock.now() - 3_600_000);
      world.start();
      await world.run(70);
      assert.equal(world.phase, 'done');
    });
  });

  describe('where a router does not answer', () => {
    it('tries again, and says so once', async () => {
      world = new DeploymentWorld();
      let left = 5;
      const start = world.router.start.bind(world.router);
      world.router.start = (pair) => {
        left -= 1;
        if (left > 0) throw new RouterError('the cluster is busy', { isTransient: true });
        return start(pair);
      };
      await world.begin();
      world.start();
      await world.run(40);
      assert.equal(world.now, 'watching 0');
      const notes = world.journal.entries.filter(({ text }) => text.includes('the cluster is busy'));
      assert.equal(notes.length, 1);
    });

    it('takes green back where an effect cannot work', async () => {
      world = new DeploymentWorld();
      world.router.setWeights = () => {
        throw new RouterError('no right to change it', { isTransient: false, remedy: 'Ask for it.' });
      };
      await world.begin();
      world.start();
      await world.run(20);
      assert.equal(world.phase, 'rolled-back');
      assert.match(world.folded.last.data.reason, /no right to change it. Ask for it/);
    });

    it('fails where it cannot be taken back, and is taken back once it can', async () => {
      world = await watched();
      const set = world.router.setWeights.bind(world.router);
      world.router.setWeights = () => {
        throw new RouterError('no right to change it', { isTransient: false });
      };
      await world.wish({ kind: 'abort' });
      await world.run(10);
      assert.equal(world.phase, 'failed');

      world.router.setWeights = set;
      await world.wish({ kind: 'rollback' });
      world.start();
      await world.run(10);
      assert.deepEqual([world.phase, world.router.share('digest of newer')], ['rolled-back', 0]);
    });

    it('leaves green its traffic where blue cannot take it, and says what to do', async () => {
      world = await watched();
      world.router.running.delete('digest of older');
      await world.wish({ kind: 'rollback' });
      await world.run(90);
      assert.deepEqual([world.phase, world.router.share('digest of newer')], ['failed', 1]);
      assert.match(world.folded.last.data.reason, /older is not ready to get its traffic back.*Start older/);
    });

    it('is interrupted by a person in the middle of an effect', async () => {
      world = new DeploymentWorld();
      world.evidence.smoke = () => new Promise(() => {});
      await world.begin();
      world.start();
      await world.run(10);
      assert.equal(world.now, 'smoking');
      await world.wish({ kind: 'abort' });
      await world.run(5);
      assert.equal(world.phase, 'rolled-back');
    });
  });

  it('goes to 100 % at once where nothing served before', async () => {
    world = new DeploymentWorld({ blue: null });
    await world.begin();
    world.start();
    await world.run(300);
    assert.deepEqual([world.phase, world.router.serving?.name], ['done', 'newer']);
    assert.deepEqual(world.story.slice(4), ['watching 2', 'keeping 2', 'decommissioning 2', 'done 2']);
  });

  it('does not deploy what a smoke test fails', async () => {
    world = new DeploymentWorld();
    world.evidence.smokes = { status: 'fail', reason: '2 of 3 cases failed' };
    await world.begin();
    world.start();
    await world.run(20);
    assert.deepEqual([world.phase, world.router.weights], ['rolled-back', null]);
  });
});
