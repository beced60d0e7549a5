import assert from 'node:assert/strict';
import { createScriptRunner } from '../../../../src/engine/evaluators/scripts/scriptRunner.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { depsWith, evaluatorOf, inputWith, scriptsWith } from '../evaluating.ts';

describe('transform of an assertion', () => {
  const upper = { type: 'contains', value: 'YES', transform: 'output.toUpperCase()' };
  it('is refused where scripts are not trusted', () => {
    assert.throws(() => evaluatorOf(upper), /not trusted to run/);
  });
  it('changes what this assertion sees', async () => {
    const javascript = createScriptRunner({ timeoutMs: 5_000 });
    try {
      const context = { signal: new AbortController().signal, span: noSpan };
      const deps = depsWith({ scripts: scriptsWith({ javascript }) });
      const score = await evaluatorOf(upper, deps).evaluate(inputWith('yes'), context);
      assert.deepEqual([score.status, 'pass' in score && score.pass], ['scored', true]);
      const field = { type: 'equals', value: { b: 1 }, transform: 'JSON.parse(output).a' };
      const second = await evaluatorOf(field, deps).evaluate(inputWith('{"a":{"b":1}}'), context);
      assert.equal('pass' in second && second.pass, true);
    } finally {
      await javascript.close();
    }
  });
});
