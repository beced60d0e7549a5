import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixedEnvironment } from '../../src/engine/ports.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the configuration that services follow', () => {
  let root: string;
  let file: ConfigurationFile;

  beforeEach(() => {
    root = temporaryFolder({ 'touchstone.yaml': 'providers: {}\n' });
    file = new ConfigurationFile(root, fixedEnvironment({}));
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
    assert.deepEqual(await Promise.all([first.read(), second.read()]), [null, null]);
    assert.deepEqual([first.problem, second.problem], [null, null]);
  });
});
