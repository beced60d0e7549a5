import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { markdownReport } from '../../../src/engine/reports/markdownReport.ts';
import type { RunReport } from '../../../src/engine/reports/runReport.ts';
import { matchesGolden } from '../../support/goldenFile.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { reportOf, sampleReport } from '../../support/sampleReport.ts';

const GITHUB_LIMIT = 65_536;

function markdown(...reports: RunReport[]): string {
  return [...markdownReport(reports)].join('');
}

function failing(said: string, cases = 1): RunReport {
  const results = Array.from({ length: cases }, (_, caseIndex) =>
    trialResult({ caseIndex, status: 'failed', output: complete(said) }),
  ).map((result) => ({ ...result, reason: said, caseId: said || 'empty' }));
  const entries = results.map(() => ({ id: said, input: said, expected_output: { answer: said } }));
  return reportOf({ plan: plan({ cases }), cases: entries, results });
}

/** What is left when fenced blocks and code spans are taken out: all that GitHub looks for markup in. */
function outsideCode(text: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^(`{3,})(text)?$/.exec(line);
    if (fence === undefined && mark) fence = mark[1];
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence === undefined) lines.push(line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, ''));
  }
  assert.equal(fence, undefined, 'a fence is not closed');
  return lines.join('\n');
}

describe('the Markdown report', () => {
  it('gives the verdict first, then figures, then what did not pass', () => {
    const text = markdown(sampleReport());
    assert.match(
      text,
      /^<!-- touchstone-report -->\n## ❌ Touchstone failed\n\n### ❌ `fixture`: gate failed; 6 of 16 passed/m,
    );
    matchesGolden('reports/sample.md', text);
  });

  it('puts runs that failed before runs that passed', () => {
    const good = reportOf({ plan: plan({ cases: 1 }), cases: [], results: [trialResult()] });
    const text = markdown(good, failing('no'));
    assert.match(text, /## ❌ Touchstone failed: 1 of 2 runs/);
    assert.ok(text.indexOf('### ❌') < text.indexOf('### ✅'));
  });

  it('never says passed of a run that is not complete, nor of nothing', () => {
    const report = reportOf({ plan: plan({ cases: 2 }), cases: [], results: [trialResult()] });
    assert.match(markdown(report), /❌ `fixture`: failed; 1 of 2 passed, 1 missing: the run is incomplete/);
    assert.match(markdown(), /## ❌ Touchstone nothing was run/);
  });

  it('fits into a comment however much fails, and says what is left out', () => {
    for (const said of [
      'no',
      'x'.repeat(100_000),
      '漢'.repeat(3_000),
      '`'.repeat(5_000),
      '\u0000'.repeat(2_000),
    ]) {
      const text = markdown(failing(said, 2_000), failing(said, 2_000));
      assert.ok(Buffer.byteLength(text) < GITHUB_LIMIT, `${Buffer.byteLength(text)} bytes`);
      assert.match(text, /… and [\d,]+ more, omitted for length; list them all with: `touchstone show/);
      outsideCode(text);
    }
  });

  it('fits into a comment however many runs, targets, tags and clauses there are', () => {
    const targets = Array.from({ length: 60 }, (_, index) => `${index} ${'漢'.repeat(200)}`);
    const results = targets.map((target) => trialResult({ target, tags: targets, status: 'failed' }));
    const many = Object.fromEntries(targets.map((tag) => [tag, 0.9]));
    const gate = { minPassRate: { tags: many }, undecided: 'fail' as const };
    const report = reportOf({ plan: plan({ targets, cases: 1, gate }), cases: [], results });
    const text = markdown(...Array.from({ length: 50 }, () => report));
    assert.ok(Buffer.byteLength(text) < GITHUB_LIMIT, `${Buffer.byteLength(text)} bytes`);
    assert.match(text, /… and \d+ more runs, omitted for length/);
  });

  it('shows hostile text as text', () => {
    for (const said of [
      '@octocat #12 https://evil.example GH-1 octo/repo#3',
      '</summary></details><script>alert(1)</script>',
      '```\n@octocat\n```',
      '````` `` ` |a|b|',
      '![x](https://evil.example/x.png) **bold** <img src=x>',
      '`',
      ' ',
    ]) {
      const rest = outsideCode(markdown(failing(said)));
      assert.doesNotMatch(rest, /octocat|evil|<script|<img|alert|bold|\|a\|/, said);
    }
  });

  it('keeps every row of a table in its columns', () => {
    const text = markdown(failing('a|b'), sampleReport());
    for (const table of text.match(/(?:^\|.*\n)+/gm) ?? []) {
      const columns = table
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length);
      assert.equal(new Set(columns).size, 1, table);
    }
  });

  it('lets nothing out of its code, whatever is said', () => {
    const piece = fc.constantFrom(
      '`',
      '``',
      '```',
      '````',
      '\n',
      '\r',
      '|',
      '\\',
      ' ',
      '@x',
      'word',
      '<b>',
      '\u202e',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        assert.doesNotMatch(outsideCode(markdown(failing(pieces.join('')))), /@x|word|<b>/);
      }),
      { numRuns: 300 },
    );
  });
});
