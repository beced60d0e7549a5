import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('touchstone evaluators', () => {
  it('shows how the evaluators of a run agree, and refuses names that it does not have', async () => {
    const cases = ['please', 'thanks', 'please', 'nothing'].map(
      (text, at) => `  - { id: c${at}, input: "${text}", expected_output: { expected_concepts: [please] } }`,
    );
    const folder = temporaryFolder({
      'touchstone.yaml': `suites:
  s:
    dataset: x.golden.yaml
    targets: [{ echo: true }]
    evaluators: [concepts, { contains: please }, { length: { min: 1 } }]
    cascade: { mode: full }
`,
      'x.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('\n')}\n`,
    });
    assert.match((await touchstone(folder, 'evaluators')).err, /no run is stored yet/);
    await touchstone(folder, 'eval');
    const { out, code } = await touchstone(folder, 'evaluators');
    assert.equal(code, 0, out);
    assert.match(
      out,
      /contains \/ concepts +4 +100\.0 % +100\.0 % +1\.00|concepts \/ contains +4 +100\.0 % +100\.0 % +1\.00/,
    );
    const json = JSON.parse(
      (await touchstone(folder, 'evaluators', '--between', 'concepts', 'length', '--json')).out,
    );
    assert.equal(json.agreements[0].samePass, 0.5);
    assert.deepEqual(json.agreements[0].differences.map((entry: { caseId: string }) => entry.caseId).sort(), [
      'c1',
      'c3',
    ]);
    const unknown = await touchstone(folder, 'evaluators', '--between', 'concepts', 'nope');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /no evaluator nope has scored/);
  });
});
