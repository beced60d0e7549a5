import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { touchstone } from '../../../support/commandLine.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

describe('a suite without evaluators', () => {
  async function run(cases: string, ...argv: string[]) {
    const folder = temporaryFolder({
      'touchstone.yaml':
        'suites:\n  s:\n    dataset: c.golden.yaml\n    targets: [{ echo: true }]\n    gate: { min_pass_rate: 0.5 }\n',
      'c.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases}`,
    });
    return touchstone(folder, 'eval', ...argv);
  }

  it('calls nothing when no case says what to check, and says how to', async () => {
    const bare = await run('  - { id: a, input: hello }\n');
    assert.equal(bare.code, 2);
    assert.match(
      bare.err,
      /c\.golden\.yaml: the suite "s" has no evaluators, and no case says what to check/,
    );
    assert.match(bare.err, /expected_concepts/);
    const answered = await run('  - { id: a, input: hello, expected_output: { answer: hello } }\n');
    assert.equal(answered.code, 2);
    assert.match(answered.err, /The cases have an answer.*evaluators: \[equals\]/);
    assert.equal(answered.out, '');
  });

  it('runs when a chosen case does, and errs in the others', async () => {
    const cases =
      '  - { id: a, input: hello }\n  - { id: b, input: hello, assert: [{ type: contains, value: hell }] }\n';
    const { code, out } = await run(cases);
    assert.equal(code, 0, out);
    assert.match(out, /why +nothing was measured: no evaluator counts for this case/);
    assert.equal((await run(cases, '--filter', 'a')).code, 2);
  });
});
