import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixedEnvironment } from '../../src/engine/ports.ts';
import { parsePrompt } from '../../src/engine/prompts/parsePrompt.ts';
import { createRelease } from '../../src/engine/releases/createRelease.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { ManualClock } from '../support/manualClock.ts';
import { until } from '../support/servicesProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the configuration that services follow', () => {
  let root: string;
  let file: ConfigurationFile;
  let clock: ManualClock;

  beforeEach(() => {
    root = temporaryFolder({ 'touchstone.yaml': 'providers: {}\n' });
    clock = new ManualClock();
    file = new ConfigurationFile(root, fixedEnvironment({}), clock);
  });

  const write = (text: string) => writeFileSync(path.join(root, 'touchstone.yaml'), text);

  it('is read once for all who follow it, and told to each of them once', async () => {
    const [first, second] = [file.follow(), file.follow()];
    const workspaces = await Promise.all([first.read(), second.read()]);
    assert.ok(workspaces[0]);
    assert.equal(workspaces[0], workspaces[1]);
    assert.deepEqual(await Promise.all([first.read(), second.read()]), [undefined, undefined]);

    write('providers: { local: { base_url: "http://127.0.0.1:9/v1" } }\n');
    assert.ok('local' in ((await first.read())?.config.providers ?? {}));
    assert.ok(await file.follow().read());
  });

  it('tells everybody of a version that cannot be used, and what it says once it can again', async () => {
    const [first, second] = [file.follow(), file.follow()];
    await first.read();
    write('providers: [');
    assert.deepEqual(await Promise.all([first.read(), second.read()]), [undefined, undefined]);
    assert.match(first.problem ?? '', /^touchstone\.yaml:1/);
    assert.equal(second.problem, first.problem);

    rmSync(path.join(root, 'touchstone.yaml'));
    await first.read();
    clock.pass(3_000);
    assert.deepEqual(await Promise.all([first.read(), second.read()]), [null, null]);
    assert.deepEqual([first.problem, second.problem], [null, null]);
  });

  it('is tried again where another file was missing, and told once it can be used', async () => {
    const route = 'gateway: { routes: { support: { model: support, to: release/warm } } }\n';
    write(`providers: { local: { base_url: "http://127.0.0.1:9/v1" } }\n${route}`);
    const [first, second] = [file.follow(), file.follow()];
    const others = await Promise.all([first.read(), second.read()]);
    assert.ok(
      others.every((read) => read && 'local' in read.config.providers),
      'what needs no release holds',
    );
    assert.match(first.problem ?? '', /there is no release "warm"/);

    const prompt = parsePrompt({ path: 'a.txt', text: 'Hello' }, { root, environment: fixedEnvironment({}) });
    createRelease({ root, name: 'warm', prompt, model: 'local/small', now: clock.now() });
    assert.equal(await first.read(), undefined);
    clock.pass(2_000);
    const workspace = await until(async () => {
      const read = await first.read();
      assert.ok(read);
      return read;
    });
    assert.equal(workspace.config.gateway?.routes[0]?.name, 'support');
    assert.equal(await second.read(), workspace);
    assert.deepEqual([first.problem, second.problem], [null, null]);

    clock.pass(60_000);
    assert.equal(await first.read(), undefined);
  });

  it('says what is an error, and not the warning before it', async () => {
    const routes =
      '{ zero: { model: z, to: [{ name: a, target: local/a, weight: 0 }] }, one: { model: m, to: nobody/b } }';
    write(`providers: { local: { base_url: "http://127.0.0.1:9/v1" } }\ngateway: { routes: ${routes} }\n`);
    const follower = file.follow();
    assert.equal(await follower.read(), undefined);
    assert.match(follower.problem ?? '', /^touchstone\.yaml:2:\d+: error: .*nobody/);
  });

  it('stays as it was while it is taken away and put back, however often', async () => {
    const follower = file.follow();
    const workspace = await follower.read();
    const at = path.join(root, 'touchstone.yaml');
    for (let round = 0; round < 3; round++) {
      renameSync(at, `${at}.away`);
      for (let look = 0; look < 3; look++) {
        assert.equal(await follower.read(), undefined);
        assert.equal(await file.follow().read(), workspace);
        clock.pass(999);
      }
      renameSync(`${at}.away`, at);
      assert.equal(await follower.read(), undefined);
      clock.pass(60_000);
    }

    rmSync(at);
    assert.equal(await follower.read(), undefined);
    clock.pass(3_000);
    assert.equal(await follower.read(), null);
    assert.equal(await follower.read(), undefined);
    write('suites: {}\n');
    assert.ok(await follower.read());
  });

  it('is read anew where a link leads to another version', async () => {
    const at = path.join(root, 'touchstone.yaml');
    rmSync(at);
    writeFileSync(path.join(root, 'real.yaml'), 'providers: {}\n');
    symlinkSync('real.yaml', at);
    const follower = file.follow();
    await follower.read();
    writeFileSync(
      path.join(root, 'real.yaml'),
      'providers: { local: { base_url: "http://127.0.0.1:9/v1" } }\n',
    );
    assert.ok('local' in ((await follower.read())?.config.providers ?? {}));
  });
});
