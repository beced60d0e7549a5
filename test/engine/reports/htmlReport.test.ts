import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { htmlReport } from '../../../src/engine/reports/htmlReport.ts';
import { resultEntry } from '../../../src/engine/reports/resultEntry.ts';
import { rowEntry } from '../../../src/engine/reports/rowEntry.ts';
import type { RunReport } from '../../../src/engine/reports/runReport.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { reportOf, sampleReport } from '../../support/sampleReport.ts';

const ASSETS = { script: 'show();', style: 'body { margin: 0 }' };
const BLOCK = /<script type="application\/json" data-kind="(\w+)"([^>]*)>([^<]*)<\/script>/g;

function page(reports: RunReport[], limit?: number): string {
  return [...htmlReport(reports, ASSETS, limit === undefined ? {} : { limit })].join('');
}

function blocks(html: string, kind: string): { names: string; data: unknown[] }[] {
  return [...html.matchAll(BLOCK)]
    .filter((match) => match[1] === kind)
    .map(([, , names = '', json = '']) => ({ names, data: [JSON.parse(json)].flat() }));
}

function entries<Entry>(report: RunReport, entry: (...of: Parameters<typeof rowEntry>) => Entry): unknown[] {
  const all = [...report.results()].map((result) => entry(result, report.caseAt(result.caseIndex)));
  return JSON.parse(JSON.stringify(all)) as unknown[];
}

function manyTexts(count: number, text: string, failed: (index: number) => boolean = () => false): RunReport {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return reportOf({
    plan: plan({ cases: count }),
    cases: indexes.map((index) => ({ id: `case-${index}`, input: text })),
    results: indexes.map((index) =>
      trialResult({ caseIndex: index, output: complete(text), status: failed(index) ? 'failed' : 'passed' }),
    ),
  });
}

describe('htmlReport', () => {
  it('allows its own program and style by their hashes, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page([sampleReport()]))?.[1] ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      `script-src ${hash(ASSETS.script)}`,
      `style-src ${hash(ASSETS.style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('holds every run, its rows before the program and its results after it', () => {
    const reports = [sampleReport({ id: 'first' }), sampleReport({ id: 'second', gate: null })];
    const html = page(reports);
    assert.equal(blocks(html, 'run').length, 2);
    const rows = blocks(html, 'rows');
    assert.deepEqual(
      rows.map(({ names }) => names),
      [' data-run="first" data-first="0"', ' data-run="second" data-first="0"'],
    );
    for (const [index, report] of reports.entries()) {
      assert.deepEqual(rows[index]?.data, entries(report, rowEntry));
      assert.deepEqual(blocks(html, 'results')[index]?.data, entries(report, resultEntry));
    }
    const program = html.indexOf(`<script>${ASSETS.script}`);
    assert.ok(html.lastIndexOf('data-kind="rows"') < program);
    assert.ok(html.indexOf('data-kind="results"') > program);
  });

  it('keeps data from ending its element or opening a comment', () => {
    const html = page([manyTexts(1, '</script><script>alert(1)</script><!-- \u2028 ]]>')]);
    assert.equal(html.split('</script>').length - 1, 4);
    assert.ok(!html.includes('<!--'));
    assert.deepEqual(
      blocks(html, 'results')
        .flatMap(({ data }) => data as { input: string }[])
        .map(({ input }) => input),
      ['</script><script>alert(1)</script><!-- \u2028 ]]>'],
    );
  });

  it('escapes what a suite is called', () => {
    const report = sampleReport();
    const suite = '</title><script>alert("1")</script>';
    const html = page([{ ...report, run: { ...report.run, plan: { ...report.run.plan, suite } } }]);
    assert.ok(html.includes('<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)'));
  });

  it('comes in pieces of bounded size that name their place', () => {
    const report = manyTexts(300, 'x'.repeat(5000));
    const pieces = [...htmlReport([report], ASSETS)];
    assert.ok(Math.max(...pieces.map(({ length }) => length)) < 300 * 1024);
    let next = 0;
    for (const { names, data } of blocks(pieces.join(''), 'results')) {
      assert.ok(names.includes(`data-first="${next}"`));
      next += data.length;
    }
    assert.equal(next, 300);
  });

  it('leaves out results that passed first when there are more than the limit', () => {
    const report = manyTexts(20, 'text', (index) => index % 4 === 3);
    const html = page([report], 8);
    const kept = blocks(html, 'rows').flatMap(({ data }) => data as { case_index: number }[]);
    assert.deepEqual(
      kept.map(({ case_index }) => case_index),
      [0, 1, 2, 3, 7, 11, 15, 19],
    );
    const runs = blocks(html, 'run').flatMap(({ data }) => data as { left_out: number }[]);
    assert.deepEqual(
      runs.map(({ left_out }) => left_out),
      [12],
    );
    const few = blocks(page([report], 3), 'results').flatMap(({ data }) => data as { case_index: number }[]);
    assert.deepEqual(
      few.map(({ case_index }) => case_index),
      [3, 7, 11],
    );
  });

  it('is a whole page without a run', () => {
    assert.match(page([]), /^<!doctype html>[\s\S]*<\/html>\n$/);
  });
});

describe('rowEntry', () => {
  it('puts texts on one line and cuts them between characters', () => {
    const report = manyTexts(1, `${'a'.repeat(199)}😀\n  ${'b'.repeat(100)}`);
    const [result] = report.results();
    assert.ok(result);
    const row = rowEntry(result, report.caseAt(0));
    assert.equal(row.input, `${'a'.repeat(199)}…`);
    assert.equal(rowEntry({ ...result, reason: ' one\r\n\ttwo ' }, undefined).reason, 'one two');
    assert.equal(rowEntry(result, undefined).input, '');
  });

  it('names the evaluators that failed or could not measure, and no others', () => {
    const [, , hostile] = sampleReport().results();
    assert.ok(hostile);
    assert.deepEqual(rowEntry(hostile, undefined).failed_by, ['contains', 'pii']);
    assert.equal(rowEntry(hostile, undefined).cost_usd, null);
  });
});
