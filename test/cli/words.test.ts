import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

const FILES = {
  'touchstone.yaml': `suites:
  support: { dataset: a.golden.yaml, targets: [{ echo: true }], evaluators: [{ contains: right }] }
  other: { dataset: b.golden.yaml, targets: [{ echo: true }], evaluators: [{ contains: right }] }
`,
  'a.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: right, tags: [critical] }]\n',
  'b.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: b, input: right }]\n',
};

describe('words of a command line', () => {
  it('may name a suite in place of a path', async () => {
    const folder = temporaryFolder(FILES);
    const { code, out } = await touchstone(folder, 'eval', 'support', '--no-progress');
    assert.equal(code, 0);
    assert.match(out, /support/);
    assert.doesNotMatch(out, /other/);
    const none = await touchstone(folder, 'eval', 'suport');
    assert.equal(none.code, 2);
    assert.match(none.err, /suport: no such file, folder or suite[\s\S]*Choose from: support, other/);
  });

  it('are paths behind an option with several values', async () => {
    const folder = temporaryFolder(FILES);
    const { code, out } = await touchstone(
      folder,
      'eval',
      '--no-progress',
      '-t',
      'critical',
      'a.golden.yaml',
    );
    assert.equal(code, 0, out);
    const named = await touchstone(folder, 'eval', '--no-progress', '-o', 'report.json', 'a.golden.yaml');
    assert.equal(named.code, 0, named.err);
    assert.equal(readFileSync(path.join(folder, 'a.golden.yaml'), 'utf8'), FILES['a.golden.yaml']);
    assert.ok(existsSync(path.join(folder, 'report.json')));
  });
});

describe('output of a command', () => {
  const prompts = Object.fromEntries(
    Array.from({ length: 600 }, (_, at) => [`p${at}.txt`, `You are helpful, number ${at}. {{input}}`]),
  );
  const args = ['tokens', '--json', ...Object.keys(prompts)];

  it('is whole in a pipe that is read late', async () => {
    const cwd = temporaryFolder(prompts);
    const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Nothing is read until the pipe is full and the command has no more to say.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    let text = '';
    for await (const chunk of child.stdout) text += chunk;
    assert.ok(text.length > 70_000);
    assert.doesNotThrow(() => JSON.parse(text));
    assert.equal(await ended, 0);
  });

  it('that cannot be written is an error', function () {
    if (!existsSync('/dev/full')) skip(this, 'needs /dev/full');
    const cwd = temporaryFolder(prompts);
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${CLI}" ${args.join(' ')} > /dev/full`],
      { cwd, encoding: 'utf8' },
    );
    assert.equal(status, 2);
    assert.match(stderr, /output could not be written \(ENOSPC\)/);
  });
});
