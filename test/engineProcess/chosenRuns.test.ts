import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines, echoWorkspace, WAITING_AGENT } from './workspaces.ts';

const JUDGED = {
  'touchstone.yaml': `suites:
  judged:
    dataset: cases.golden.jsonl
    targets: [{ name: one, echo: true }, { name: two, echo: true }]
    evaluators: [{ contains: right }, { rubric: { criteria: polite, model: openai/none } }]
    filter: { tags: [even] }
    cascade: { mode: full }
    max_concurrency: 1
`,
  'cases.golden.jsonl': caseLines(6),
};

describe('engine process: runs of a choice', () => {
  it('runs exactly the cases with the given ids, within the suite’s own filter', async () => {
    const root = temporaryFolder(echoWorkspace(30, '    filter: { tags: [even] }\n'));
    await using window = await TestWindow.open(root);
    const overrides = { filter: { names: [], tags: [], ids: ['case-2', 'case-1', 'case-20'] } };
    const { runId } = await window.run('echo', { overrides });
    const { rows } = await window.call('run/results', { runId });
    assert.deepEqual(
      rows.map(({ case_id }) => case_id),
      ['case-2', 'case-20'],
    );
    const [head] = (await window.call('run/list', {})).runs;
    assert.deepEqual(head?.filter.ids, ['case-2', 'case-1', 'case-20']);
    const nothing = { filter: { names: [], tags: [], ids: ['case-1'] } };
    const failure = await window.failure('run/start', { suite: 'echo', overrides: nothing });
    assert.match(failure.message, /no case of the dataset matches/);
  });

  it('calls only the chosen targets, and no judge where it is left out; the run says both', async () => {
    const root = temporaryFolder(JUDGED);
    await using window = await TestWindow.open(root);
    const overrides = { targets: ['two'], withoutJudge: true };
    const { runId, end } = await window.run('judged', { overrides });
    assert.equal(end.outcome, 'complete');
    const { results } = await window.call('run/details', { runId, caseIndexes: [0, 2] });
    assert.deepEqual(
      results.map(({ target, case_id, status, evaluations }) => [
        target,
        case_id,
        status,
        evaluations.length,
      ]),
      [
        ['two', 'case-0', 'failed', 1],
        ['two', 'case-2', 'passed', 1],
      ],
    );
    const { run } = await window.call('run/summary', { runId });
    assert.deepEqual(run.left_out, { targets: ['one'], judge: true });
    const failure = await window.failure('run/start', { suite: 'judged', overrides: { targets: ['three'] } });
    assert.match(failure.message, /has no target three/);
  });

  it('resumes a run of a choice as it was chosen', async () => {
    const root = temporaryFolder({
      ...JUDGED,
      'agent.mjs': WAITING_AGENT,
      'touchstone.yaml': JUDGED['touchstone.yaml'].replace(
        '{ name: two, echo: true }',
        '{ name: two, command: [node, agent.mjs] }',
      ),
    });
    await using window = await TestWindow.open(root);
    const overrides = {
      targets: ['two'],
      withoutJudge: true,
      filter: { names: [], tags: [], ids: ['case-2', 'case-4'] },
    };
    const { runIds } = await window.call('run/start', { suite: 'judged', overrides });
    const [runId = ''] = runIds;
    await window.call('run/cancel', { runId });
    await window.heard('run/finished', (data) => data.runId === runId);
    writeFiles(root, { go: '' });
    await window.call('run/resume', { runId });
    await window.heard('run/finished', (data) => data.runId === runId && data.outcome === 'complete');
    const { rows } = await window.call('run/results', { runId });
    assert.deepEqual(
      rows.map(({ target, case_id, status }) => [target, case_id, status]),
      [
        ['two', 'case-2', 'passed'],
        ['two', 'case-4', 'passed'],
      ],
    );
  });

  it('pages through the cases that a suite runs', async () => {
    const root = temporaryFolder(JUDGED);
    await using window = await TestWindow.open(root);
    const wanted = { suite: 'judged', dataset: 'cases.golden.jsonl', limit: 2 };
    const first = await window.call('suite/cases', { ...wanted, offset: 0 });
    const rest = await window.call('suite/cases', { ...wanted, offset: 2 });
    assert.deepEqual([first.total, rest.total], [3, 3]);
    assert.deepEqual(
      [...first.cases, ...rest.cases].map(({ id, index, location }) => [id, index, location.line]),
      [
        ['case-0', 0, 2],
        ['case-2', 2, 4],
        ['case-4', 4, 6],
      ],
    );
    assert.equal((await window.failure('suite/cases', { ...wanted, suite: 'x', offset: 0 })).kind, 'user');
  });

  it('writes a report in each of its forms, and refuses any other', async () => {
    const root = temporaryFolder(echoWorkspace(5));
    await using window = await TestWindow.open(root);
    assert.deepEqual(await window.call('run/spent', {}), { todayUsd: null });
    const { runId } = await window.run('echo');
    const { formats } = await window.call('run/exportFormats', {});
    const endings = formats.flatMap((format) => format.endings).filter((ending) => ending !== '.html');
    assert.ok(endings.includes('.junit.xml') && endings.includes('.csv'));
    for (const ending of endings) {
      const file = path.join(root, `report${ending}`);
      await window.call('run/export', { runId, file });
      assert.match(readFileSync(file, 'utf8'), /case-\d/, ending);
    }
    const wrong = path.join(root, 'report.docx');
    assert.equal((await window.failure('run/export', { runId, file: wrong })).kind, 'user');
    assert.equal(existsSync(wrong), false);
    assert.equal((await window.call('run/spent', {})).todayUsd, 0);
  });
});
