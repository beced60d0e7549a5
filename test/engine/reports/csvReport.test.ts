import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { csvReport } from '../../../src/engine/reports/csvReport.ts';
import { matchesGolden } from '../../support/goldenFile.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { reportOf, sampleReport } from '../../support/sampleReport.ts';

type Row = { [column: string]: string };

/** Read as strictly as RFC 4180 has it. */
function rowsOf(text: string): Row[] {
  return parse(text, { bom: true, columns: true, record_delimiter: '\r\n', relax_quotes: false });
}

function rowOf(result: TrialResult): Row {
  const report = reportOf({ plan: plan({ cases: 1 }), cases: [], results: [result] });
  const [row] = rowsOf([...csvReport([report])].join(''));
  assert.ok(row);
  return row;
}

describe('the CSV report', () => {
  it('has one row for each trial, and a column for each evaluator', () => {
    const text = [...csvReport([sampleReport()])].join('');
    const rows = rowsOf(text);
    assert.equal(rows.length, 16);
    assert.deepEqual(
      Object.keys(rows[0] ?? {}).filter((name) => name.startsWith('score ')),
      ['score contains', 'score rubric', 'score pii', 'score latency'],
    );
    assert.equal(rows[2]?.['score pii'], 'error');
    assert.equal(rows[2]?.['score latency'], '');
    matchesGolden('reports/sample.csv', text);
  });

  it('begins with a byte order mark, so that a spreadsheet reads UTF-8', () => {
    assert.equal([...csvReport([])].join('').slice(0, 5), '\ufeffrun,');
  });

  it('leaves unknown figures empty', () => {
    const row = rowOf(trialResult({ output: complete('x', { costUsd: null }), score: null }));
    assert.deepEqual([row['cost_usd'], row['input_tokens'], row['score']], ['', '', '']);
  });

  for (const text of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '＝1+1',
    "=cmd|' /C calc'!A0",
  ])
    it(`makes ${JSON.stringify(text)} harmless`, () => {
      assert.equal(rowOf(trialResult({ output: complete(text) }))['output'], `'${text}`);
    });

  it('leaves text alone that no spreadsheet computes', () => {
    for (const text of [
      'a=1',
      "it's",
      '1-1',
      'a,b',
      'a "b"',
      'line\r\nline',
      'ü 漢 😀',
      'a\u2028b\u2029c',
      '\u2028',
    ])
      assert.equal(rowOf(trialResult({ output: complete(text) }))['output'], text);
  });

  it('gives every text back, and lets none begin like a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const cell = rowOf(trialResult({ output: complete(text) }))['output'] ?? '';
        assert.doesNotMatch(cell, /^\s*[=+\-@]/);
        assert.ok(cell === text || cell === `'${text}`, JSON.stringify([cell, text]));
      }),
      { numRuns: 200 },
    );
  });
});
