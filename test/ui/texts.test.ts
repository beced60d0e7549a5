import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { formatPercent } from '../../src/engine/model/figures.ts';
import type { CaseResult } from '../../src/protocol/runEntries.ts';
import { actualText, expectedText, parsePlace } from '../../src/ui/report/resultTexts.ts';
import { passRateOf, type RunHead } from '../../src/ui/views/runFigures.ts';
import { sparkline } from '../../src/ui/views/sparkline.ts';

const words = { says: 'says', doesNotSay: 'does not say', calls: 'calls', json: 'JSON' };
const result = (more: object) => more as CaseResult;

describe('texts of results', () => {
  it('are the answer and the output, else what stands in for them', () => {
    const expected = (expected_output: object | null) => expectedText(result({ expected_output }), words);
    assert.equal(expected({ answer: 'yes', expected_concepts: ['a', 'b'] }), 'yes\nsays: a, b');
    assert.equal(expected({ forbidden_concepts: ['c'], json_schema: {} }), 'does not say: c\nJSON');
    assert.equal(expected({ tool_calls: [{ name: 'f', arguments: { a: 1 } }] }), 'calls: f({"a":1})');
    assert.equal(expected(null), '');
    const actual = (output: object) => actualText(result({ output }), words);
    assert.equal(actual({ text: 'out' }), 'out');
    assert.equal(actual({ text: 'out', tool_calls: [{ name: 'f' }] }), 'out\ncalls: f');
    const error = { code: 'timeout', message: 'too late' };
    assert.equal(actual({ text: '', error, tool_calls: [] }), 'timeout: too late');
  });

  it('name places whose paths hold colons', () => {
    assert.deepEqual(parsePlace('C:/a b.yaml:12:3'), { path: 'C:/a b.yaml', line: 12, column: 3 });
    assert.equal(parsePlace('a.yaml'), undefined);
    assert.equal(parsePlace(':1:1'), undefined);
  });
});

describe('figures of runs', () => {
  const run = (passed: number, failed: number) => ({ counts: { passed, failed, errored: 0 } }) as RunHead;

  it('are shown as a line of bars; what is unknown is a gap', () => {
    assert.equal(sparkline([0, 0.5, 1, null, 2]), '▁▅█ █');
  });

  it('never say 100 % while something failed, nor anything where nothing was measured', () => {
    assert.equal(formatPercent(passRateOf(run(9_999, 1))), '99.9 %');
    assert.equal(formatPercent(passRateOf(run(3, 0))), '100.0 %');
    assert.equal(formatPercent(passRateOf(run(0, 0))), '–');
  });
});
