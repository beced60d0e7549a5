import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { workspaceFolder } from '../engine/suites/workspaceFolder.ts';
import { TestWindow } from './window.ts';

const CASES = ['please', 'thanks', 'please', 'no|thing'].map(
  (text, at) => `  - { id: c${at}, input: "${text}", expected_output: { expected_concepts: [please] } }`,
);
const FILES = {
  'touchstone.yaml': `suites:
  s:
    dataset: x.golden.yaml
    targets: [{ echo: true }]
    evaluators: [concepts, { length: { min: 1 } }]
    cascade: { mode: full }
`,
  'x.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${CASES.join('\n')}\n`,
};

describe('engine process: studies of evaluators', () => {
  it('holds two evaluators of a stored run against each other, case by case', async () => {
    await using window = await TestWindow.open(workspaceFolder(FILES));
    const { runId } = await window.run('s');
    assert.deepEqual(await window.call('evaluators/list', { runId }), {
      names: ['length', 'concepts'],
      again: [],
    });
    const study = await window.call('evaluators/study', {
      runId,
      first: 'concepts',
      second: 'length',
      agreement: 0.95,
    });
    assert.equal(study.count, 2);
    assert.deepEqual(study.differences.map(({ caseId }) => caseId).sort(), ['c1', 'c3']);
    assert.deepEqual([study.differences[0]?.first.pass, study.differences[0]?.second.pass], [false, true]);
    for (const part of [
      '## `concepts` and `length`',
      'Both scored 4 outputs.',
      '| Same pass | 50.0 % |',
      '| Right by 0 labels | – | – |',
    ])
      assert.ok(study.markdown.includes(part), `${part} is missing in:\n${study.markdown}`);
  });

  it('says which evaluators and runs there are', async () => {
    await using window = await TestWindow.open(workspaceFolder(FILES));
    const { runId } = await window.run('s');
    const wanted = { first: 'concepts', second: 'nope', agreement: 0.95 };
    assert.match(
      (await window.failure('evaluators/study', { runId, ...wanted })).message,
      /no evaluator nope/,
    );
    assert.equal((await window.failure('evaluators/list', { runId: 'none' })).kind, 'user');
  });
});
