import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { temporaryFolder, touchstone } from '../support/commandLine.ts';
import { matchesGolden } from '../support/goldenFile.ts';

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
  let dispose: (() => void) | undefined;
  afterEach(() => dispose?.());

  function workspace(files: { [file: string]: string }): string {
    const made = temporaryFolder(files);
    dispose = made.dispose;
    return made.folder;
  }

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
    assert.match(again.out, /nothing to save/);
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
    assert.match(missed.out, /the target is missed: what is left is protected/);
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
      'A customer support agent reads. A customer support agent writes. A customer support agent signs.';
    const folder = workspace({ 'a.txt': text, 'prompt-glossary.yaml': 'customer support agent: CSA\n' });
    const { out } = await touchstone(folder, 'compress', 'a.txt', '--level', 'aggressive');
    assert.match(out, /\+A customer support agent \(CSA\) reads\. A CSA writes\. A CSA signs\./);
    for (const [argv, message] of [
      [['--level', 'safe', '--target-tokens', '5'], /exclude each other/],
      [['--check', '--write'], /--check writes nothing/],
      [['--max-share', '5%'], /--max-share needs --check/],
      [['--check', '--max-share', 'much'], /--max-share cannot be much/],
      [['--level', 'brutal'], /Allowed choices are lossless, safe, aggressive/],
    ] as const) {
      const { code, err } = await touchstone(folder, 'compress', 'a.txt', ...argv);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  });
});
