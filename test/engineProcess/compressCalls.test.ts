import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const PROMPT = `---
name: answer
model: { id: gpt-4o }
---
system:
Please answer questions  about orders.
In order to help, read the policy; you must never guess.

user:
{{question}}
`;
const opened = { path: 'answer.prompty', text: PROMPT, model: null };

interface Edit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

function applied(text: string, edits: readonly Edit[]): string {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number) => (starts[line - 1] ?? 0) + column - 1;
  return edits.reduceRight(
    (result, { line, column, endLine, endColumn, text: replacement }) =>
      result.slice(0, offset(line, column)) + replacement + result.slice(offset(endLine, endColumn)),
    text,
  );
}

describe('engine process: compression', () => {
  it('plans edits that save the tokens that it says', async () => {
    await using window = await TestWindow.open(temporaryFolder({ 'answer.prompty': PROMPT }));
    const plan = await window.call('compress/plan', { ...opened, goal: { level: 'safe' } });
    assert.ok(plan && plan.after < plan.before);
    const text = applied(PROMPT, plan.edits);
    assert.match(text, /must never guess/);
    assert.match(text, /\{\{question\}\}/);
    assert.equal((await window.call('token/prompt', opened))?.total.tokens, plan.before);
    assert.equal((await window.call('token/prompt', { ...opened, text }))?.total.tokens, plan.after);
    const saved = plan.rules.reduce((sum, { tokensSaved }) => sum + tokensSaved, 0);
    assert.equal(saved, plan.before - plan.after);
    assert.ok((plan.savedPer1000Usd ?? 0) > 0);
  });

  it('offers each level, none of which is worse than the one before', async () => {
    await using window = await TestWindow.open(temporaryFolder({ 'answer.prompty': PROMPT }));
    const found = await window.call('compress/offers', opened);
    assert.deepEqual(
      found?.offers.map(({ level }) => level),
      ['lossless', 'safe', 'aggressive'],
    );
    const sizes = [found?.before ?? 0, ...(found?.offers ?? []).map(({ after }) => after)];
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
    assert.ok((sizes[2] ?? 0) < (sizes[0] ?? 0));
  });

  it('tells each place, with edits that belong together, and keeps to the selection', async () => {
    await using window = await TestWindow.open(temporaryFolder({ 'answer.prompty': PROMPT }));
    const all = await window.call('compress/findings', { ...opened, level: 'safe' });
    assert.ok(all && all.findings.length >= 2);
    for (const { edits, tokensSaved } of all.findings) {
      assert.ok(tokensSaved > 0);
      assert.notEqual(applied(PROMPT, edits), PROMPT);
    }
    const start = PROMPT.indexOf('In order');
    const within = { start, end: PROMPT.length };
    const some = await window.call('compress/findings', { ...opened, within, level: 'safe' });
    assert.deepEqual([...new Set(some?.findings.map(({ range }) => range.line))], [7]);
  });

  it('says whether a target was met', async () => {
    await using window = await TestWindow.open(temporaryFolder({ 'answer.prompty': PROMPT }));
    const wide = await window.call('compress/plan', { ...opened, goal: { targetTokens: 10_000 } });
    assert.deepEqual([wide?.targetMet, wide?.edits], [true, []]);
    const tight = await window.call('compress/plan', { ...opened, goal: { targetTokens: 1 } });
    assert.equal(tight?.targetMet, false);
  });

  it('has nothing to say of files that are no prompts', async () => {
    await using window = await TestWindow.open(temporaryFolder({}));
    assert.equal(await window.call('compress/offers', { ...opened, path: 'a.csv' }), null);
  });
});
