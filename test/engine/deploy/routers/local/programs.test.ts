import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviveServed } from '../../../../../src/engine/deploy/routers/local/reviveServed.ts';
import { versionOf } from '../../../../../src/engine/deploy/versionOf.ts';
import { fixedEnvironment } from '../../../../../src/engine/ports.ts';
import { parsePrompt } from '../../../../../src/engine/prompts/parsePrompt.ts';
import { createRelease } from '../../../../../src/engine/releases/createRelease.ts';
import { agentProgram, type LocalWorld, openLocalWorld } from '../../../../support/deploy/localWorld.ts';
import { skip } from '../../../../support/skip.ts';

const never = new AbortController().signal;

describe('agent programs of a deployment', function () {
  this.timeout(120_000);
  let world: LocalWorld;
  beforeEach(async () => {
    world = await openLocalWorld('programs');
  });
  afterEach(() => world.close());

  const folder = () => path.join(world.root, '.touchstone', 'deployments', 'desk');
  const file = () => path.join(folder(), 'programs.json');
  const observe = (router = world.router) => router.observe(world.pair, never);
  const started = (): { version: string; pid: number; identity: string; port: number }[] =>
    JSON.parse(readFileSync(file(), 'utf8')).programs;
  const pidOf = (version: string) => started().find((one) => one.version === version)?.pid ?? 0;
  const end = async (version: string) => {
    const pid = pidOf(version);
    process.kill(-pid, 'SIGKILL');
    await until(async () => assert.throws(() => process.kill(pid, 0)));
  };
  const serveGreen = async () => {
    await world.router.start(world.pair, never);
    await world.makeReady();
    await until(async () => assert.equal((await observe()).green.state, 'ready'));
    await world.router.setWeights(world.pair, { blue: 50, green: 50 }, never);
  };

  it('get what they need to start, what is declared, and nothing of the environment beyond it', async () => {
    const environment = JSON.parse(await world.read('blue', '/environment'));
    assert.equal(environment.DECLARED, 'older');
    assert.equal(environment.SECRET, undefined);
    assert.equal(environment.PASSED, 'sk-1');
    assert.doesNotMatch(readFileSync(file(), 'utf8'), /sk-1/);
    assert.equal(`http://127.0.0.1:${environment.PORT}`, await world.agentUrl('blue'));
  });

  it('are written down for this person alone, and so is their output', function () {
    if (process.platform === 'win32') return skip(this, 'no modes on Windows');
    for (const name of ['programs.json', 'older.log'])
      assert.equal(statSync(path.join(folder(), name)).mode & 0o777, 0o600, name);
    assert.match(readFileSync(path.join(folder(), 'older.log'), 'utf8'), /older begins/);
  });

  it('cannot fill the disk with their output', async () => {
    const log = path.join(folder(), 'older.log');
    appendFileSync(log, 'x'.repeat(5 * 1024 * 1024));
    appendFileSync(log, 'the end');
    await observe();
    const text = readFileSync(log, 'utf8');
    assert.ok(text.length <= 1024 * 1024, String(text.length));
    assert.ok(text.endsWith('the end'));
  });

  it('are failing where they end by themselves, and are not started again while somebody watches', async () => {
    await serveGreen();
    const pid = pidOf('newer');
    await world.read('green', '/exit').catch(() => {});
    await until(async () => {
      const { green } = await observe();
      assert.equal(green.state, 'failing');
      assert.match(green.reason, /has ended \(exit code 3\).*newer\.log/);
    });
    await world.router.start(world.pair, never);
    assert.equal(pidOf('newer'), pid);
    await world.router.setWeights(world.pair, { blue: 100, green: 0 }, never);
    assert.equal((await observe()).weights?.green, 0);
  });

  it('are not started without a variable that they are given', async () => {
    const environment = { KEY: '${env:NOWHERE}' };
    const what = { ...agentProgram('newer', world.root), environment };
    const pair = { ...world.pair, green: versionOf('newer', what, world.root) };
    await assert.rejects(
      world.router.start(pair, never),
      /The version newer needs the environment variable NOWHERE for "KEY"/,
    );
  });

  it('are failing where they cannot be started', async () => {
    const command = ['no-such-program-here'];
    const what = { ...world.pair.green.target, command } as typeof world.pair.green.target;
    const pair = { ...world.pair, green: versionOf('newer', what, world.root) };
    await world.router.start(pair, never);
    await until(async () => assert.equal((await world.router.observe(pair, never)).green.state, 'failing'));
    const { green } = await world.router.observe(pair, never);
    assert.match('reason' in green ? green.reason : '', /no-such-program-here cannot be started: ENOENT/);
    await world.router.stop(pair, 'green', 0, never);
  });

  it('are found again by who comes next, and started anew where they have ended meanwhile', async () => {
    await serveGreen();
    const before = { pid: pidOf('newer'), url: await world.agentUrl('green') };
    assert.equal((await observe(world.reopen())).green.state, 'ready');
    assert.equal(pidOf('newer'), before.pid);

    await end('newer');
    const next = world.reopen();
    await until(async () => assert.equal((await observe(next)).green.state, 'ready'));
    assert.notEqual(pidOf('newer'), before.pid);
    assert.notEqual(await world.agentUrl('green'), before.url);
    assert.deepEqual((await observe(next)).weights, { blue: 50, green: 50 });
    assert.deepEqual((await observe(next)).drift, []);
    assert.equal(await world.read('green', '/'), 'newer');
  });

  it('go on serving after a deployment, from one failure to the next', async () => {
    const before = await world.agentUrl('blue');
    await end('older');
    for (const at of [0, 1]) {
      world.failAt(at, 'before');
      await assert.rejects(reviveServed(world.options, never));
    }
    world.failAt(null, 'before');
    await reviveServed(world.options, never);
    assert.notEqual(await world.agentUrl('blue'), before);
    await until(async () => assert.equal(await world.read('blue', '/'), 'older'));
    const pid = pidOf('older');
    const log = path.join(folder(), 'older.log');
    appendFileSync(log, 'x'.repeat(5 * 1024 * 1024));
    await reviveServed(world.options, never);
    assert.ok(statSync(log).size <= 1024 * 1024);
    assert.equal(pidOf('older'), pid);
    assert.deepEqual(await world.reopen().current(never), world.pair.blue);
  });

  it('are left to the controller while a deployment goes on', async () => {
    await serveGreen();
    const pid = pidOf('newer');
    await end('newer');
    await reviveServed(world.options, never);
    await world.router.setWeights(world.pair, { blue: 0, green: 100 }, never).catch(() => {});
    await reviveServed(world.options, never);
    assert.equal(pidOf('newer'), pid);
  });

  it('are led to where one was started and nobody could be told', async () => {
    await serveGreen();
    await end('newer');
    const [next, after] = [world.reopen(), world.reopen()];
    world.failAt(1, 'before');
    await assert.rejects(observe(next));
    world.failAt(null, 'before');
    await until(async () => assert.equal((await observe(after)).green.state, 'ready'));
    assert.deepEqual((await observe(after)).drift, []);
    assert.equal(await world.read('green', '/'), 'newer');
  });

  it('are never mistaken for another process that has their id now', async () => {
    await serveGreen();
    await world.router.setWeights(world.pair, { blue: 100, green: 0 }, never);
    const pid = pidOf('newer');
    const text = readFileSync(file(), 'utf8');
    const { programs } = JSON.parse(text);
    for (const program of programs)
      if (program.version === 'newer') program.identity = program.identity.replace(/\d+$/, '1');
    writeFileSync(file(), JSON.stringify({ version: 1, programs }));
    await world.router.stop(world.pair, 'green', 0, never);
    process.kill(pid, 0);
    process.kill(-pid, 'SIGKILL');
  });

  it('are not touched where the file that names them is broken', async () => {
    const pid = pidOf('older');
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), '{');
    assert.notEqual((await observe(world.reopen())).blue.state, 'ready');
    process.kill(pid, 0);
    writeFileSync(file(), text);
    assert.equal((await observe()).blue.state, 'ready');
  });

  it('leave the stage to a release, which must be what it was when the deployment began', async () => {
    const prompt = parsePrompt(
      { path: 'a.prompty', text: '---\nname: A\n---\nsystem:\nBe kind.\n' },
      { root: world.root, environment: fixedEnvironment({}) },
    );
    createRelease({ root: world.root, name: 'warm', prompt, model: 'openai/gpt', now: 0 });
    const pair = {
      ...world.pair,
      green: versionOf('warm', { kind: 'release', release: 'warm' }, world.root),
    };
    await world.router.start(pair, never);
    assert.equal((await world.router.observe(pair, never)).green.state, 'ready');
    await world.router.setWeights(pair, { blue: 90, green: 10 }, never);

    const release = path.join(world.root, 'releases', 'warm.yaml');
    writeFileSync(release, readFileSync(release, 'utf8').replace('Be kind.', 'Be rude.'));
    assert.equal((await world.router.observe(pair, never)).green.state, 'failing');
    await assert.rejects(world.router.setWeights(pair, { blue: 50, green: 50 }, never), /not ready/);
    await world.router.setWeights(pair, { blue: 100, green: 0 }, never);
    await world.router.stop(pair, 'green', 0, never);
    await assert.rejects(world.router.start(pair, never), /changed since/);
  });

  it('are not images, which only a cluster runs', async () => {
    const image = { kind: 'image', image: 'shop/agent:2', environment: {} } as const;
    const pair = { ...world.pair, green: versionOf('newest', image, world.root) };
    await assert.rejects(world.router.start(pair, never), /cannot run "newest", which is a container image/);
  });
});

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
