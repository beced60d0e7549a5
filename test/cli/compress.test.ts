import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { matchesGolden } from '../support/goldenFile.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROMPT = `---
name: answer
model: { api: chat, id: gpt-4o }
---
system:
Please answer the customer. In order to help, read the policy.
You must never promise a refund.

user:
{{question}}
`;

describe('touchstone compress', () => {
  function workspace(files: { [file: string]: string }): string {
    const folder = temporaryFolder(files);
    return folder;
  }

  it('compresses the other files where one cannot be read, keeps a byte order mark, and ends with 2', async () => {
    const folder = workspace({ 'a.prompty': `\ufeff${PROMPT}`, 'b.prompty': '---\nname: [\n---\nx' });
    const { code, err } = await touchstone(folder, 'compress', 'b.prompty', 'a.prompty', '--write');
    assert.equal(code, 2);
    assert.match(err, /error b\.prompty:/);
    const text = readFileSync(path.join(folder, 'a.prompty'), 'utf8');
    assert.match(text, /^\ufeff---\n/);
    assert.doesNotMatch(text, /In order to/);
  });

  it('shows the change, what each rule saves and what it is worth, and writes nothing', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT });
    const { code, out } = await touchstone(folder, 'compress', 'answer.prompty');
    assert.equal(code, 0);
    matchesGolden('compress/answer.txt', `${out}\n`);
    assert.equal(readFileSync(path.join(folder, 'answer.prompty'), 'utf8'), PROMPT);
  });

  it('writes with --write, and has nothing to do the second time', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT });
    const { code } = await touchstone(folder, 'compress', 'answer.prompty', '--write');
    assert.equal(code, 0);
    const written = readFileSync(path.join(folder, 'answer.prompty'), 'utf8');
    assert.equal(written, PROMPT.replace('Please answer', 'Answer').replace('In order to help', 'To help'));
    const again = await touchstone(folder, 'compress', 'answer.prompty', '--check');
    assert.equal(again.code, 0);
    assert.match(again.out, /nothing to remove/);
  });

  it('keeps a byte order mark and the line ends of the file', async () => {
    const text = `\ufeff${PROMPT.replaceAll('\n', '\r\n')}`;
    const folder = workspace({ 'answer.prompty': text });
    const { code } = await touchstone(folder, 'compress', 'answer.prompty', '--write');
    assert.equal(code, 0);
    assert.equal(
      readFileSync(path.join(folder, 'answer.prompty'), 'utf8'),
      text.replace('Please answer', 'Answer').replace('In order to help', 'To help'),
    );
  });

  it('says that what a model rewrote is unverified', async () => {
    const paragraph =
      'When somebody writes to the shop about a parcel that has gone astray somewhere on its way, then look into what has happened to it, and tell the person who wrote about all of that in some friendly words and with much patience for all the questions.';
    const server = await startOpenAiServer(() => ({
      text: 'When somebody writes about a parcel gone astray, look into what happened and tell the person in friendly words, with patience for all questions.',
    }));
    try {
      const folder = workspace({
        'a.txt': paragraph,
        'touchstone.yaml': `providers:\n  local: { base_url: "${server.baseUrl}" }\n`,
      });
      const { out } = await touchstone(
        folder,
        'compress',
        'a.txt',
        '-l',
        'aggressive',
        '--writer',
        'local/m',
      );
      assert.match(out, /^\+When somebody writes about a parcel gone astray/m);
      assert.match(out, /the model's rewording is not verified/);
    } finally {
      await server.close();
    }
  });

  it('ends with 1 under --check when more can be saved than is allowed', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT });
    assert.equal((await touchstone(folder, 'compress', 'answer.prompty', '--check')).code, 1);
    assert.equal(
      (await touchstone(folder, 'compress', 'answer.prompty', '--check', '--max-share', '1%')).code,
      1,
    );
    assert.equal(
      (await touchstone(folder, 'compress', 'answer.prompty', '--check', '--max-share', '50%')).code,
      0,
    );
    assert.equal(
      (await touchstone(folder, 'compress', 'answer.prompty', '--check', '--level', 'lossless')).code,
      0,
    );
  });

  it('ends with 1 when a target is missed', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT });
    const met = await touchstone(folder, 'compress', 'answer.prompty', '--target-tokens', '500');
    assert.equal(met.code, 0);
    const missed = await touchstone(folder, 'compress', 'answer.prompty', '--target-tokens', '5');
    assert.equal(missed.code, 1);
    assert.match(missed.out, /target not reached: the rest is protected/);
  });

  it('gives edits and savings as JSON', async () => {
    const folder = workspace({ 'answer.prompty': PROMPT });
    const { out } = await touchstone(folder, 'compress', 'answer.prompty', '--json');
    const [file] = JSON.parse(out).files;
    const saved = file.tokens.before.tokens - file.tokens.after.tokens;
    assert.equal(
      file.rules.reduce((sum: number, rule: { tokensSaved: number }) => sum + rule.tokensSaved, 0),
      saved,
    );
    assert.equal(file.edits[0].range.line, 6);
    assert.equal(file.edits.length, 2);
    // gpt-4o: 2.50 dollars a million input tokens.
    assert.ok(Math.abs(file.savings.per1000Calls - (saved * 2.5) / 1000) < 1e-9);
  });

  it('reads the glossary of the folder, and says what is wrong with options', async () => {
    const text =
      'A customer support agent reads. A customer support agent writes. A customer support agent signs. Call a customer support agent.';
    const folder = workspace({ 'a.txt': text, 'prompt-glossary.yaml': 'customer support agent: CSA\n' });
    const { out } = await touchstone(folder, 'compress', 'a.txt', '--level', 'aggressive');
    assert.match(out, /\+A customer support agent \(CSA\) reads\. A CSA writes\. A CSA signs\. Call a CSA\./);
    for (const [argv, message] of [
      [['--level', 'safe', '--target-tokens', '5'], /cannot be combined/],
      [['--check', '--write'], /--check and --write cannot be combined/],
      [['--max-share', '5%'], /--max-share needs --check/],
      [['--check', '--max-share', 'much'], /invalid --max-share: much/],
      [['--level', 'brutal'], /Allowed choices are lossless, safe, aggressive/],
    ] as const) {
      const { code, err } = await touchstone(folder, 'compress', 'a.txt', ...argv);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  });
});
