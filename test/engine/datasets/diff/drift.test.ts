import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { datasetDrift } from '../../../../src/engine/datasets/diff/drift.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();

const dataset = (version: string, cases: { [id: string]: string }) =>
  JSON.stringify({
    schema_version: '2.0.0',
    version,
    metadata: { name: 'drift' },
    test_cases: Object.entries(cases).map(([id, answer]) => ({
      id,
      input: id,
      complexity: 'simple',
      expected_output: { answer },
    })),
  });

describe('datasetDrift', () => {
  let root: string;
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  const write = (text: string) => writeFileSync(path.join(root, 'a.golden.json'), text);
  const drift = () => datasetDrift(path.join(root, 'a.golden.json'), 'a.golden.json', signal);

  beforeEach(() => {
    root = temporaryFolder();
    write(dataset('1.0.0', { kept: 'a', edited: 'b', gone: 'c' }));
  });

  function commit(): void {
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'first');
  }

  it('counts what changed, and says which version it calls for', async () => {
    commit();
    assert.deepEqual(await drift(), { state: 'unchanged' });
    write(dataset('1.0.1', { kept: 'a', edited: 'B', added: 'd', more: 'e' }));
    assert.deepEqual(await drift(), {
      state: 'changed',
      added: 2,
      removed: 1,
      changed: 1,
      version: {
        before: '1.0.0',
        after: '1.0.1',
        needed: 'major',
        made: 'patch',
        enough: false,
        suggested: '2.0.0',
      },
    });
  });

  it('takes another layout of the same content for unchanged', async () => {
    commit();
    write(JSON.stringify(JSON.parse(dataset('1.0.0', { kept: 'a', edited: 'b', gone: 'c' })), null, 2));
    assert.deepEqual(await drift(), { state: 'unchanged' });
  });

  it('knows a file that is not in the last commit', async () => {
    rmSync(path.join(root, 'a.golden.json'));
    writeFileSync(path.join(root, 'other.txt'), 'x');
    commit();
    write(dataset('1.0.0', { new: 'a' }));
    assert.deepEqual(await drift(), { state: 'new' });
  });

  it('says why it cannot tell, without a repository or with a broken file', async () => {
    const outside = await drift();
    assert.ok(outside.state === 'unknown' && /not a git repository/.test(outside.reason));
    commit();
    write('{');
    assert.equal((await drift()).state, 'unknown');
  });
});
