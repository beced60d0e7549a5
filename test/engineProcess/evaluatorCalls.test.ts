import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
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
    await using window = await TestWindow.open(temporaryFolder(FILES));
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
      '| Agreement with labels (0) | – | – |',
    ])
      assert.ok(study.markdown.includes(part), `${part} is missing in:\n${study.markdown}`);
  });

  it('holds the verdict as a whole against a run that judged the same outputs by other evaluators', async () => {
    const root = temporaryFolder(FILES);
    await touchstone(root, 'eval', '--no-progress');
    const stricter = FILES['touchstone.yaml'].replace('{ min: 1 }', '{ min: 7 }');
    writeFileSync(path.join(root, 'touchstone.yaml'), stricter);
    await using window = await TestWindow.open(root);
    const [before] = (await window.call('run/list', {})).runs;
    await touchstone(root, 'eval', '--rejudge', before?.id ?? '', '--no-progress');
    const [after] = (await window.call('run/list', {})).runs;
    const runId = before?.id ?? '';
    const { names, again } = await window.call('evaluators/list', { runId });
    assert.deepEqual([names, again], [['(verdict)', 'length', 'concepts'], [after?.id]]);
    const both = { first: '(verdict)', second: '(verdict)', agreement: 0.95 };
    const study = await window.call('evaluators/study', { runId, ...both, again: after?.id ?? '' });
    // "please" has six letters; the other two failed before as well.
    assert.deepEqual(
      study.differences
        .filter(({ first, second }) => first.pass !== second.pass)
        .map(({ caseId }) => caseId)
        .sort(),
      ['c0', 'c2'],
    );
    const cli = await touchstone(root, 'evaluators', runId, '--again', after?.id ?? '');
    assert.match(cli.out, /\(verdict\) \/ \(verdict\) +4/);
  });

  it('says which evaluators and runs there are', async () => {
    await using window = await TestWindow.open(temporaryFolder(FILES));
    const { runId } = await window.run('s');
    const wanted = { first: 'concepts', second: 'nope', agreement: 0.95 };
    assert.match(
      (await window.failure('evaluators/study', { runId, ...wanted })).message,
      /no evaluator nope/,
    );
    assert.equal((await window.failure('evaluators/list', { runId: 'none' })).kind, 'user');
  });
});
