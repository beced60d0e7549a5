import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fromPage, toPage } from '../../../src/webview/report/messages.ts';
import { sampleReport } from '../../support/sampleReport.ts';
import { caseMessage, rowsMessages, runMessage } from '../reportMessages.ts';

/** Paths at which the page keeps less than the engine writes. */
function lost(sent: unknown, kept: unknown, path = ''): string[] {
  if (typeof sent !== 'object' || sent === null) return sent === kept ? [] : [path];
  const known = (kept ?? {}) as { [key: string]: unknown };
  return Object.entries(sent).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return key in known
      ? lost(value, known[key], `${path}/${key.replace(/^\d+$/, '*')}`)
      : [`${path}/${key}`];
  });
}

const WITHOUT_USE_TO_THE_PAGE = [
  '/head/run/config',
  '/head/run/dataset/content_hash',
  '/head/run/dataset/schema_version',
  '/head/run/evaluators_hash',
  '/head/run/filter/names',
  '/head/run/filter/tags',
  '/head/run/seed',
  '/head/run/targets/*/hash',
  '/head/summary/targets/*/tags',
  '/result/output/error/transient',
  '/result/output/json',
  '/result/output/tool_calls/*/id',
];

describe('the contract of the report page', () => {
  it('takes what the engine writes, and leaves out only what the page has no use for', () => {
    const report = sampleReport();
    const results = [...report.results()].map(({ target, caseIndex, trial }) =>
      caseMessage(report, { target, case_index: caseIndex, trial }),
    );
    const messages = [runMessage(report), ...rowsMessages(report), ...results];
    const missing = messages.flatMap((message) => lost(message, toPage.parse(message)));
    assert.deepEqual([...new Set(missing)].sort(), WITHOUT_USE_TO_THE_PAGE);
  });

  it('takes a run without a gate and without results', () => {
    const message = runMessage(sampleReport({ gate: null, missing: 16 }));
    assert.equal(toPage.safeParse(message).success, true);
  });

  it('refuses what is not a message', () => {
    const [rows] = rowsMessages(sampleReport());
    assert.ok(rows?.type === 'rows');
    const wrong: unknown[] = [
      null,
      'ready',
      { type: 'rows' },
      { type: 'eval', code: '1' },
      { ...rows, rows: [{ ...rows.rows[0], status: 'great' }] },
      { ...rows, rows: [{ ...rows.rows[0], score: Number.NaN }] },
      { ...rows, rows: [{ ...rows.rows[0], case_index: -1 }] },
      { type: 'actions', available: ['format-disk'] },
    ];
    assert.deepEqual(
      wrong.filter((message) => toPage.safeParse(message).success),
      [],
    );
  });

  it('lets a host check what the page sends', () => {
    const key = { target: 'a', case_index: 0, trial: 0 };
    assert.equal(fromPage.safeParse({ type: 'load-case', run_id: 'r', key }).success, true);
    const action = { type: 'action', run_id: 'r', key, case_id: 'c', trace_id: 't' };
    assert.equal(fromPage.safeParse({ ...action, action: 'open-trace' }).success, true);
    assert.equal(fromPage.safeParse({ ...action, action: 'workbench.action.quit' }).success, false);
    assert.equal(fromPage.safeParse({ type: 'load-case', run_id: 'r' }).success, false);
  });
});
