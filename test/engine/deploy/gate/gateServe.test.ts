import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Sample } from '../../../../src/engine/deploy/evidence/sample.ts';
import { BegunRevisions } from '../../../../src/engine/deploy/gate/begunRevisions.ts';
import { runAnswer } from '../../../../src/engine/deploy/gate/gateAnswer.ts';
import { lookFor } from '../../../../src/engine/deploy/gate/gateLook.ts';
import { gateRoutes } from '../../../../src/engine/deploy/gate/gateRoutes.ts';
import { startServer } from '../../../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { deploymentWith, samples } from '../../../support/deploy/judgedSamples.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const TOKEN = 'token-of-the-gate';

async function gateOver(found: () => Sample[], { root = temporaryFolder(), port = 0 } = {}) {
  const clock = { ...systemClock, now: () => 600_000 };
  const read = () => Promise.resolve({ samples: found(), figures: [], problems: [] });
  const evidence = {
    read,
    begin: none,
    fill: none,
    fillTag: none,
    end: none,
    smoke: () => Promise.reject(new Error('not asked')),
  };
  const begun = new BegunRevisions(root, systemRandom);
  const routes = gateRoutes({
    ...{ token: TOKEN, deployments: ['support'], suites: ['support'] },
    look: (_name, asked, signal) =>
      lookFor(asked, { config: deploymentWith(), gate: undefined, evidence, clock }, signal),
    running: () => Promise.resolve(null),
    ofSuite: () => runAnswer(null),
    isFirst: (name, revision) => begun.isFirst(name, revision),
  });
  const server = await startServer({
    name: 'the gate',
    port,
    token: TOKEN,
    routes,
    clock: systemClock,
    onBug: (error) => {
      throw error;
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const ask = async (path: string, init: RequestInit = { headers: { authorization: `Bearer ${TOKEN}` } }) => {
    const reply = await fetch(`${url}${path}`, init);
    return {
      status: reply.status,
      body: (await reply.json()) as { value?: number; status?: string; reason?: string },
    };
  };
  const hook = (ending: string, checksum: string, token: string = TOKEN) =>
    ask(`/flagger/support/${ending}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 's',
        phase: 'Progressing',
        checksum,
        metadata: { green: 'newer', blue: 'older', token },
      }),
    });
  return { server, root, ask, hook, [Symbol.asyncDispose]: () => server.close(0) };
}

const none = () => Promise.resolve();
const LOOK = '/deployments/support?step=3&blue=older&green=newer';

describe('the gate over HTTP', () => {
  const SAID: [string, () => Sample[], string, number][] = [
    [
      'equal versions, the hold over',
      () => [...samples('green', 60), ...samples('blue', 60)],
      '&over=true',
      1,
    ],
    [
      'equal versions, before it is over',
      () => [...samples('green', 60), ...samples('blue', 60)],
      '&over=false',
      0,
    ],
    ['no data', () => [], '&over=true', 0],
    [
      'errors alone',
      () => [...samples('green', 9, () => ({ isError: true })), ...samples('blue', 9)],
      '',
      -1,
    ],
  ];
  for (const [name, found, over, value] of SAID)
    it(`${name}: ${value}`, async () => {
      await using gate = await gateOver(found);
      const { status, body } = await gate.ask(`${LOOK}${over}`);
      assert.deepEqual([status, body.value], [200, value]);
      if (value !== 1) assert.ok(body.reason);
    });

  it('asks for a token, a version, and a step that is one', async () => {
    await using gate = await gateOver(() => []);
    assert.equal((await gate.ask(LOOK, {})).status, 401);
    assert.equal((await gate.ask(LOOK, { headers: { authorization: 'Bearer other' } })).status, 401);
    assert.equal((await gate.ask('/deployments/support?step=1')).status, 400);
    assert.deepEqual((await gate.ask('/deployments/support')).body.status, 'undecided');
    assert.equal((await gate.ask('/deployments/support?green=a&step=-1')).status, 400);
    assert.equal((await gate.ask('/deployments/unknown')).status, 404);
    assert.equal((await gate.hook('promotion', 'a', 'other')).status, 401);
    assert.equal(
      (
        await gate.ask('/flagger/support/promotion', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: 'null',
        })
      ).status,
      400,
    );
  });

  it('a suite that has not run is undecided', async () => {
    await using gate = await gateOver(() => []);
    assert.deepEqual((await gate.ask('/suites/support')).body.value, 0);
    assert.equal(
      runAnswer({ passed: false, reason: 'x', clauses: [{ name: 'a', status: 'fail', reason: '' }] }).value,
      -1,
    );
    assert.equal(runAnswer({ passed: true, reason: null, clauses: [] }).value, 1);
  });

  it('Flagger: each revision begins once, and goes on where the gate passes', async () => {
    const root = temporaryFolder();
    {
      await using gate = await gateOver(() => [], { root });
      assert.equal((await gate.hook('increase', 'r1')).status, 200);
      assert.equal((await gate.hook('increase', 'r1')).status, 409);
      assert.equal((await gate.hook('promotion', 'r2')).status, 409);
    }
    await using again = await gateOver(() => [], { root });
    assert.equal((await again.hook('increase', 'r1')).status, 409);

    await using good = await gateOver(() => [...samples('green', 60), ...samples('blue', 60)], { root });
    assert.deepEqual(
      [(await good.hook('increase', 'r1')).status, (await good.hook('promotion', 'r1')).status],
      [200, 200],
    );
    assert.equal((await good.hook('rollback', 'r1')).status, 409);

    await using bad = await gateOver(
      () => [...samples('green', 9, () => ({ isError: true })), ...samples('blue', 9)],
      { root },
    );
    assert.deepEqual(
      [(await bad.hook('increase', 'r1')).status, (await bad.hook('rollback', 'r1')).status],
      [409, 200],
    );
  });
});
