import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROMPT = `---
name: answer
model: { api: chat, id: gpt-4o }
---
system:
You answer in one word.

user:
{{question}}
`;

describe('touchstone tokens', () => {
  function workspace(files: { [file: string]: string }): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  function repository(files: { [file: string]: string }): string {
    const folder = workspace(files);
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-q', '-m', 'first');
    return folder;
  }

  it('counts a prompt by its own model, message by message, and a text as it is', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT, 'notes.md': 'Hello, world' });
    const { code, out } = await touchstone(folder, 'tokens', 'answer.prompty', 'notes.md', '--json');
    assert.equal(code, 0);
    const { files } = JSON.parse(out);
    // 3 marks and a role around each message, 3 tokens for the reply.
    assert.equal(files[0].model, 'gpt-4o');
    assert.equal(files[0].total.exact, true);
    assert.equal(files[0].total.tokens, files[0].messages[0].tokens + files[0].messages[1].tokens + 3);
    assert.equal(files[0].messages[0].tokens, 6 + 4);
    assert.equal(files[1].kind, 'text');
    assert.equal(files[1].total.tokens, 3);
  });

  it('counts JSON as messages where it is a list of them, else as a text', async () => {
    const chat = [{ role: 'user', content: 'Hello, world' }];
    const folder = workspace({ 'chat.json': JSON.stringify(chat), 'data.json': '[{"role": 1}]' });
    const { out } = await touchstone(folder, 'tokens', 'chat.json', 'data.json', '-m', 'gpt-4o', '--json');
    const [messages, data] = JSON.parse(out).files;
    assert.deepEqual([messages.kind, messages.total.tokens], ['prompt', 3 + 4 + 3]);
    assert.equal(data.kind, 'text');
  });

  it('shows the other files where one cannot be read, and ends with 2', async () => {
    const folder = workspace({
      'a.md': 'Hello',
      'b.prompty': '---\nname: [\n---\nx',
      'c.md': 'Hello, world',
    });
    const shown = await touchstone(folder, 'tokens', 'a.md', 'b.prompty', 'no.md', 'c.md');
    assert.equal(shown.code, 2);
    assert.match(shown.out, /a\.md +1 [\s\S]*c\.md +3 /);
    assert.match(shown.err, /error b\.prompty:\d+:\d+: [\s\S]*error no\.md: the file does not exist/);

    const json = JSON.parse((await touchstone(folder, 'tokens', 'a.md', 'no.md', '--json')).out);
    assert.deepEqual([json.files.length, json.failed[0].path], [1, 'no.md']);
    const one = await touchstone(folder, 'tokens', 'no.md');
    assert.deepEqual([one.code, one.out], [2, '']);
  });

  it('finds what a prompt refers to beside it, also from the folder above', async () => {
    const prompty = '---\nname: a\nsample: ${file:a.json}\n---\nsystem:\nHi {{name}}\n';
    const folder = workspace({ 'sub/a.prompty': prompty, 'sub/a.json': '{"name": "Ann"}' });
    for (const args of [
      ['tokens', 'sub/a.prompty'],
      ['compress', 'sub/a.prompty'],
      ['validate', 'sub/a.prompty'],
    ]) {
      assert.equal((await touchstone(folder, ...args)).code, 0, args.join(' '));
    }
    assert.equal((await touchstone(path.join(folder, 'sub'), 'tokens', 'a.prompty')).code, 0);
    assert.equal((await touchstone(path.join(folder, 'sub'), 'tokens', '../sub/a.prompty')).code, 0);
  });

  it('is as exact for a model that is named with its provider', async () => {
    const prompt = 'name: a\nmodel: openai/gpt-4o\nmessages: [{ role: user, content: Hi }]\n';
    const folder = workspace({ 'a.prompt.yml': prompt });
    const { out } = await touchstone(folder, 'tokens', 'a.prompt.yml', '--json');
    assert.deepEqual(JSON.parse(out).files[0].total, { tokens: 8, low: 8, high: 8, exact: true });
  });

  it('marks an estimate, with its range and where it is from', async () => {
    const folder = workspace({ 'notes.md': 'Hello, world. '.repeat(50) });
    const { out } = await touchstone(folder, 'tokens', 'notes.md', '-m', 'claude-sonnet-4-5');
    assert.match(out, /notes\.md +~\d+ \(\d+–\d+\) +claude-sonnet-4-5/);
    assert.match(out, /~ marks an estimate\. claude-sonnet-4-5: not public; calibrated on 22 files/);
  });

  it('ends with 1 when a file grew by more than is allowed since a commit', async () => {
    const folder = repository({ 'answer.prompty': PROMPT, 'notes.md': 'Hello' });
    const same = await touchstone(
      folder,
      'tokens',
      'answer.prompty',
      '--against',
      'HEAD',
      '--max-increase',
      '0',
    );
    assert.equal(same.code, 0);
    writeFileSync(path.join(folder, 'answer.prompty'), PROMPT.replace('one word', 'one or two short words'));
    const args = ['tokens', 'answer.prompty', 'notes.md', '--against', 'HEAD', '--max-increase'];
    const over = await touchstone(folder, ...args, '5%');
    assert.equal(over.code, 1);
    assert.match(over.err, /answer\.prompty grew by more than 5%/);
    assert.match(over.out, /\+3 \(\+\d+\.\d %\)/);
    assert.doesNotMatch(over.err, /notes\.md/);
    assert.equal((await touchstone(folder, ...args, '3')).code, 0);
    assert.equal((await touchstone(folder, ...args, '50%')).code, 0);
  });

  it('takes a file that was not there for new, not for too long', async () => {
    const folder = repository({ 'notes.md': 'Hello' });
    writeFileSync(path.join(folder, 'new.md'), 'A new file.');
    const { code, out } = await touchstone(
      folder,
      'tokens',
      'new.md',
      '--against',
      'HEAD',
      '--max-increase',
      '1%',
    );
    assert.equal(code, 0);
    assert.match(out, /new\.md +4 +new +–/);
  });

  it('explains a wrong reference, amount or folder', async () => {
    const folder = repository({ 'notes.md': 'Hello' });
    for (const [args, said] of [
      [['--against', 'nowhere'], /nowhere/],
      [['--against=--output=x'], /--output=x/],
      [['--max-increase', '5%'], /needs --against/],
      [['--against', 'HEAD', '--max-increase', 'lots'], /invalid --max-increase: lots/],
    ] as const) {
      const { code, err } = await touchstone(folder, 'tokens', 'notes.md', ...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, said);
    }
    const outside = workspace({ 'notes.md': 'Hello' });
    const { code, err } = await touchstone(outside, 'tokens', 'notes.md', '--against', 'HEAD');
    assert.equal(code, 2);
    assert.match(err, /git/);
    assert.equal((await touchstone(outside, 'tokens', 'missing.md')).code, 2);
  });
});

describe('touchstone prices', () => {
  it('shows the table with its date and age, and the workspace’s own prices', async () => {
    const folder = temporaryFolder({
      'touchstone.yaml': `providers:
  mine: { base_url: "http://127.0.0.1:9/v1", prices: { "my-model": { input: 1.5, output: 3 } } }
suites: {}
`,
    });
    const { code, out } = await touchstone(folder, 'prices');
    assert.equal(code, 0);
    assert.match(out, /mine\/my-model +1\.5 +– +3/);
    assert.match(out, /OpenAI +gpt-4o-mini +0\.15 +0\.075 +0\.6/);
    assert.match(out, /price table of 20\d\d-\d\d-\d\d, \d+ days? old/);
    const json = JSON.parse((await touchstone(folder, 'prices', 'gpt-4o-mini', '--json')).out);
    assert.deepEqual(json.workspace, []);
    assert.ok(json.table.every((row: { sources: string[] }) => row.sources.length > 0));
    assert.ok(json.table.length > 0 && json.table.length < 5);
  });
});
