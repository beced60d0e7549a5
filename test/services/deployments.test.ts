import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { DeploymentEntry } from '../../src/protocol/deploymentEntries.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { Customers, deployedWorkspace, olderAgent } from '../support/deploy/deployedAgents.ts';
import { ServedWorkspace, until } from '../support/servicesProcess.ts';

describe('deployments of a workspace', function () {
  this.timeout(120_000);

  async function open() {
    const older = await olderAgent();
    const workspace = new ServedWorkspace(deployedWorkspace(older.url));
    const run = (...args: string[]) => touchstone(workspace.root, ...args);
    const started = await run('gateway', 'start', '--port', '0', '--json');
    assert.equal(started.code, 0, started.err);
    const lease = workspace.lease?.gateway;
    assert.ok(lease);
    const customers = new Customers({ endpoint: `http://127.0.0.1:${lease.port}`, token: lease.token });
    const entry = async (): Promise<DeploymentEntry> => {
      const { out } = await run('deploy', 'status', 'desk', '--json');
      const [only] = (JSON.parse(out) as { deployments: DeploymentEntry[] }).deployments;
      return only ?? assert.fail(out);
    };
    return {
      ...{ older, workspace, customers, run, entry },
      [Symbol.asyncDispose]: async () => {
        await customers.stop();
        await workspace[Symbol.asyncDispose]();
        await older[Symbol.asyncDispose]();
      },
    };
  }

  it('bring a good version to 100 %, keep the older one and decommission it, without a failed request', async () => {
    await using world = await open();
    const { run, customers, older, entry } = world;
    const { code, out, err } = await run('deploy', 'start', 'desk', '--to', 'polite', '--yes', '--wait');
    assert.equal(code, 0, `${out}\n${err}`);
    assert.match(err, /steers: .*route .?desk/);
    await until(async () => assert.equal((await entry()).phase, 'done'));
    assert.equal((await entry()).report?.status, 'pass');
    const before = older.requests;
    await until(() => assert.ok(customers.answered > 50));
    assert.equal(older.requests, before);
    assert.deepEqual(customers.failures, []);
  });

  it('roll back a version whose answers are bad, with the traces of what failed', async () => {
    await using world = await open();
    const { run, customers, entry } = world;
    const { code, out } = await run('deploy', 'start', 'desk', '--to', 'rude', '--yes', '--wait');
    assert.equal(code, 1, out);
    const { phase, report } = await entry();
    assert.equal(phase, 'rolled-back');
    assert.ok((report?.green.failedTraces.length ?? 0) > 0);
    assert.deepEqual(customers.failures, []);
  });

  it('go on after the process that drives them was killed, and obey any terminal', async () => {
    await using world = await open();
    const { run, workspace, entry } = world;
    assert.equal((await run('deploy', 'start', 'desk', '--to', 'polite', '--yes')).code, 0);
    await until(async () => assert.equal((await entry()).phase, 'watching'));
    await workspace.kill();
    assert.equal((await entry()).phase, 'watching');
    const watching = startTouchstone(workspace.root, 'deploy', 'watch', 'desk');
    await until(() => assert.ok(workspace.pid !== undefined));
    const { code, out, err } = await watching.done;
    assert.equal(code, 0, `${out}\n${err}`);
  });

  it('stay paused until they are resumed, say so by the exit code, and are aborted', async () => {
    await using world = await open();
    const { run, entry } = world;
    await run('deploy', 'start', 'desk', '--to', 'polite', '--yes');
    await until(async () => assert.equal((await entry()).phase, 'watching'));
    assert.equal((await run('deploy', 'pause', 'desk')).code, 0);
    const watched = await run('deploy', 'watch', 'desk');
    assert.equal(watched.code, 3, watched.out);
    assert.equal((await run('deploy', 'abort', 'desk')).code, 0);
    assert.equal((await run('deploy', 'watch', 'desk')).code, 1);
    const { weights, phase } = await entry();
    assert.equal(phase, 'rolled-back');
    assert.ok(weights === null || weights.green === 0);
  });

  it('are paused and aborted also where touchstone.yaml is broken, or gone', async () => {
    await using world = await open();
    const { run, workspace, entry } = world;
    await run('deploy', 'start', 'desk', '--to', 'polite', '--yes');
    await until(async () => assert.equal((await entry()).phase, 'watching'));
    const again = await run('deploy', 'start', 'desk', '--to', world.older.url, '--yes');
    assert.match(again.err, /is what the deployment under way is to replace/);
    const file = path.join(workspace.root, 'touchstone.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, 'suites: [\n');
    assert.equal((await run('deploy', 'pause', 'desk')).code, 0);
    rmSync(file);
    assert.equal((await run('deploy', 'abort', 'desk')).code, 0);
    writeFileSync(file, text);
    assert.equal((await run('deploy', 'watch', 'desk')).code, 1);
  });

  it('are not begun without a confirmation, another version, or what touchstone.yaml does not name', async () => {
    await using world = await open();
    const { run } = world;
    const refused = await run('deploy', 'start', 'desk', '--to', 'polite');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /nobody is at this terminal to confirm it/);
    assert.match((await run('deploy', 'start', 'desk', '--to', 'no', '--yes')).err, /no version 'no'/);
    assert.match((await run('deploy', 'start', 'no', '--to', 'polite', '--yes')).err, /no deployment 'no'/);
    assert.match((await run('deploy', 'pause', 'desk')).err, /has not begun/);
    for (const [args, said] of [
      [['start', 'desk', '--to', 'http://user:word@127.0.0.1:1', '--yes'], /holds a user name, a password/],
      [['start', 'desk', '--to', 'http://127.0.0.1:1/?key=sk-1', '--yes'], /or a query/],
      [['start', 'desk', '--to', 'http://169.254.169.254/', '--yes'], /link-local/],
      [['start', 'desk', '--to', 'x'.repeat(3000), '--yes'], /more than 2,000 characters/],
      [['pause', 'x'.repeat(300)], /more than 200 characters/],
      [['promote', 'desk', '--override', '', '--yes'], /must not be empty/],
    ] as const) {
      const { code, err } = await run('deploy', ...args);
      assert.deepEqual([code, said.test(err)], [2, true], err);
    }
    assert.match((await run('deploy', 'list')).out, /desk +not begun +route desk of the gateway/);
  });
});
