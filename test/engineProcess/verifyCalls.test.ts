import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const PROMPT =
  '---\nname: answer\n---\nsystem:\nPlease note that you answer orders.\n\nuser:\n{{question}}\n';
const WORKSPACE = {
  'touchstone.yaml': `suites:
  answers:
    dataset: cases.golden.yaml
    targets: [{ name: answer, echo: answer.prompty }]
    evaluators: [{ contains: orders }]
`,
  'answer.prompty': PROMPT,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases: [{ id: a, input: { question: x } }, { id: b, input: { question: y } }]
`,
};
const texts = { path: 'answer.prompty', before: PROMPT, model: null };

describe('engine process: compression verified', () => {
  it('runs the suites of a prompt with both texts and compares them', async () => {
    const root = temporaryFolder(WORKSPACE);
    await using window = await TestWindow.open(root);
    const after = PROMPT.replace('Please note that you answer orders.', 'You answer.');
    const { comparisons } = await window.call('compress/verify', { ...texts, after });
    assert.deepEqual(
      comparisons.map(({ suite, baseline, candidate }) => [suite, baseline, candidate]),
      [['answers', 'as-it-is', 'compressed']],
    );
    const id = comparisons[0]?.id ?? '';
    const end = await window.heard('compare/finished', (data) => data.id === id);
    assert.equal(end.outcome, 'complete');
    const { comparison } = await window.call('compare/result', { id });
    // What the evaluator looks for is gone, so both cases are worse.
    assert.deepEqual(
      comparison.cases.map(({ case_id, change }) => [case_id, change]),
      [
        ['a', 'degraded'],
        ['b', 'degraded'],
      ],
    );
    assert.deepEqual(readdirSync(root).sort(), ['.touchstone', ...Object.keys(WORKSPACE)].sort());
  });

  it('puts its files away with the window', async () => {
    const root = temporaryFolder(WORKSPACE);
    {
      await using window = await TestWindow.open(root);
      await window.call('compress/verify', { ...texts, after: PROMPT });
    }
    const left = readdirSync(path.join(root, '.touchstone')).filter((name) => name.startsWith('verify-'));
    assert.deepEqual(left, []);
  });

  it('says when no suite tests the prompt, and needs trust', async () => {
    const root = temporaryFolder({ ...WORKSPACE, 'other.prompty': PROMPT });
    await using window = await TestWindow.open(root);
    const untested = await window.failure('compress/verify', {
      ...texts,
      path: 'other.prompty',
      after: PROMPT,
    });
    assert.match(untested.message, /no suite tests this prompt/);
    const reads = await window.failure('compress/verify', { ...texts, before: '${file:a.md}', after: '' });
    assert.match(reads.message, /reads other files/);
    await using untrusted = await TestWindow.open(root, { trusted: false });
    assert.equal((await untrusted.failure('compress/verify', { ...texts, after: PROMPT })).kind, 'untrusted');
  });
});
