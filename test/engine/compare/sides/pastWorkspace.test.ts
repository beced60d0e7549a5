import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { openSide } from '../../../../src/engine/compare/sides/sideSource.ts';
import { promptfooFormat } from '../../../../src/engine/promptfoo/promptfooFormat.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { ports } from './repository.ts';

describe('the workspace of a revision', function () {
  this.timeout(60_000);

  /** Names of the targets that the only suite had at the commit of these files. */
  async function targetsAt(files: { [path: string]: string }, configPath?: string): Promise<string[]> {
    const root = temporaryFolder(files);
    const { environment, signal } = ports;
    const run = (...args: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args],
        { cwd: root },
      );
    run('init', '--quiet');
    run('add', '--all');
    run('commit', '--quiet', '-m', 'first');
    const workspace = await loadWorkspace({
      ...{ root, foreign: promptfooFormat, environment, signal },
      ...(configPath === undefined ? {} : { configPath }),
    });
    const [suite] = workspace.config.suites;
    assert.ok(suite);
    const side = { reference: { kind: 'revision' as const, revision: 'HEAD' }, role: 'baseline' as const };
    const source = await openSide(workspace, suite, side, undefined, { environment }, signal);
    source?.remove();
    return source?.targets.map(({ name }) => name) ?? [];
  }

  it('may be that of promptfoo', async () => {
    const config = 'prompts: [x]\nproviders: [echo]\ntests: [{ assert: [{ type: contains, value: x }] }]\n';
    assert.equal((await targetsAt({ 'promptfooconfig.yaml': config })).length, 1);
  });

  it('has the configuration that was asked for', async () => {
    const suite = (target: string) =>
      `suites:\n  s: { dataset: x.golden.yaml, targets: [{ name: ${target}, echo: true }], evaluators: [{ contains: a }] }\n`;
    const files = {
      'touchstone.yaml': suite('usual'),
      'other.yaml': suite('other'),
      'x.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: a }\n',
    };
    assert.deepEqual(await targetsAt(files, 'other.yaml'), ['other']);
    assert.deepEqual(await targetsAt(files), ['usual']);
  });
});
