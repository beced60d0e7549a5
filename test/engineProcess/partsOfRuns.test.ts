import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { startCollector } from '../support/collectorServer.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

/** A suite over an agent that answers wrongly until it is mended, by what lies outside the workspace. */
function brokenAgent(): { root: string; mend(): void; breakAgain(): void } {
  const outside = temporaryFolder({ 'empty.txt': '' });
  const sign = path.join(outside, 'mended');
  const root = temporaryFolder({
    'touchstone.yaml': `suites:
  agent:
    dataset: cases.golden.jsonl
    targets: [{ name: agent, command: [node, agent.mjs] }, { name: other, echo: true }]
    evaluators: [{ contains: right }]
    gate: { min_pass_rate: 0.9 }
`,
    'agent.mjs': `import { existsSync } from 'node:fs';
const mended = existsSync(${JSON.stringify(sign)});
process.stdout.write(JSON.stringify({ output: mended ? 'right' : 'wrong' }));
`,
    'cases.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}
{"id":"a","input":"right a"}
{"id":"b","input":"right b"}
{"id":"c","input":"right c"}
`,
  });
  return { root, mend: () => writeFiles(outside, { mended: '' }), breakAgain: () => rmSync(sign) };
}

const AGAIN = { filter: { names: [], tags: [], ids: ['b'] }, targets: ['agent'] };

describe('engine process: cases of a run that are run again', () => {
  it('puts the newest results in place of the first ones wherever the run is read, and decides its gate anew', async () => {
    const { root, mend } = brokenAgent();
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    const before = await window.call('run/summary', { runId });
    assert.deepEqual([before.gate?.passed, before.summary.total.trials, before.rerun], [false, 6, undefined]);

    mend();
    const again = await window.run('agent', { overrides: { ...AGAIN, partOf: runId } });
    const [told] = window.events['run/results'].filter((data) => data.runId === again.runId);
    assert.equal(told?.partOf, runId);
    assert.deepEqual(
      told.rows.map(({ case_id, status, rerun }) => [case_id, status, rerun?.run, rerun?.before]),
      [['b', 'passed', again.runId, 'failed']],
    );

    const { rows } = await window.call('run/results', { runId });
    assert.deepEqual(
      rows.map(({ target, case_id, status, rerun }) => [target, case_id, status, rerun?.before]),
      [
        ['agent', 'a', 'failed', undefined],
        ['agent', 'b', 'passed', 'failed'],
        ['agent', 'c', 'failed', undefined],
        ['other', 'a', 'passed', undefined],
        ['other', 'b', 'passed', undefined],
        ['other', 'c', 'passed', undefined],
      ],
    );
    const after = { target: 0, caseIndex: 0, trial: 0 };
    const page = await window.call('run/results', { runId, after, limit: 1 });
    assert.equal(page.rows[0]?.rerun?.before, 'failed');
    const details = await window.call('run/details', { runId, caseIndexes: [1] });
    const byCase = await window.call('run/result', { runId, caseId: 'b' });
    for (const { results } of [details, byCase])
      assert.deepEqual(
        results.map(({ target, status, output }) => [target, status, output.text]),
        [
          ['agent', 'passed', 'right'],
          ['other', 'passed', 'right b'],
        ],
      );

    const { gate, rerun, summary } = await window.call('run/summary', { runId });
    assert.deepEqual([gate?.passed, rerun, summary.total['passed'], summary.missing], [false, 1, 4, 0]);
    for (const id of ['a', 'c']) {
      const overrides = { ...AGAIN, filter: { ...AGAIN.filter, ids: [id] }, partOf: runId };
      await window.run('agent', { overrides });
    }
    const mended = await window.call('run/summary', { runId });
    assert.deepEqual([mended.gate?.passed, mended.passed, mended.rerun], [true, true, 3]);

    const file = path.join(root, 'report.json');
    await window.call('run/export', { runId, file });
    assert.equal(readFileSync(file, 'utf8').match(/"before":"failed"/g)?.length, 3);
  });

  it('lists the run alone, with its counts as they stand now, and takes its parts away with it', async () => {
    const { root, mend, breakAgain } = brokenAgent();
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    mend();
    const first = await window.run('agent', { overrides: { ...AGAIN, partOf: runId } });
    const listed = async () => (await window.call('run/list', {})).runs.map(({ id, counts }) => [id, counts]);
    assert.deepEqual(await listed(), [[runId, { passed: 4, failed: 2, errored: 0 }]]);

    breakAgain();
    await window.run('agent', { overrides: { ...AGAIN, partOf: first.runId } });
    assert.deepEqual(await listed(), [[runId, { passed: 3, failed: 3, errored: 0 }]]);
    await window.call('run/delete', { runId });
    assert.deepEqual(await listed(), []);
    assert.equal((await window.failure('run/summary', { runId: first.runId })).kind, 'user');
  });

  it('is a part in the terminal, too: without a gate or a place in lists, and sent with its run', async () => {
    const { root, mend } = brokenAgent();
    let whole = '';
    let part = '';
    {
      await using window = await TestWindow.open(root);
      whole = (await window.run('agent')).runId;
      mend();
      // A filter by name, which would have a gate as a run by itself.
      const overrides = { filter: { names: ['b'], tags: [] }, targets: ['agent'], partOf: whole };
      part = (await window.run('agent', { overrides })).runId;
      assert.equal((await window.call('run/summary', { runId: part })).gate, null);
      assert.equal((await window.call('run/summary', { runId: whole })).rerun, 1);
    }

    const shown = await touchstone(root, 'show', part);
    assert.match(
      shown.out,
      new RegExp(`^part of run ${whole}, whose verdict includes it: 1 passed, 0 failed`, 'm'),
    );
    assert.doesNotMatch(shown.out, /gate/);
    const { runs } = JSON.parse((await touchstone(root, 'show', '--runs', '--json')).out);
    assert.deepEqual(
      runs.map(({ id, passed }: { id: string; passed: number }) => [id, passed]),
      [[whole, 4]],
    );
    assert.match((await touchstone(root, 'show')).out, new RegExp(`run ${whole},`));
    assert.match((await touchstone(root, 'eval', '--resume')).err, /there is no evaluation to resume/);

    await using collector = await startCollector();
    const sent = await touchstone(root, 'show', whole, '--otlp', collector.url);
    for (const id of [whole, part]) assert.match(sent.err, new RegExp(`sent \\d+ spans of run ${id} `));
  });

  it('is counted by a study of the run’s evaluators', async () => {
    const { root, mend } = brokenAgent();
    edit(root, 'touchstone.yaml', '{ contains: right }', '{ contains: right }, { regex: "." }');
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    const wanted = { runId, first: 'contains', second: 'regex', agreement: 0.9 };
    const differing = async () =>
      (await window.call('evaluators/study', wanted)).differences.map(({ caseId }) => caseId).toSorted();
    assert.deepEqual(await differing(), ['a', 'b', 'c']);
    mend();
    await window.run('agent', { overrides: { ...AGAIN, partOf: runId } });
    assert.deepEqual(await differing(), ['a', 'c']);
  });

  const CHANGES: { [what: string]: (root: string) => void } = {
    dataset: (root) => edit(root, 'cases.golden.jsonl', 'right b', 'another b'),
    evaluators: (root) => edit(root, 'touchstone.yaml', 'contains: right', 'contains: wrong'),
    target: (root) => edit(root, 'touchstone.yaml', '[node, agent.mjs]', '[node, ./agent.mjs]'),
    'file that the agent is': (root) => edit(root, 'agent.mjs', `'wrong'`, `'false'`),
  };
  for (const [what, change] of Object.entries(CHANGES))
    it(`is a run by itself, without a gate, where the ${what} changed since`, async () => {
      const { root } = brokenAgent();
      await using window = await TestWindow.open(root);
      const { runId } = await window.run('agent');
      change(root);
      const again = await window.run('agent', { overrides: { ...AGAIN, partOf: runId } });
      const { runs } = await window.call('run/list', {});
      assert.deepEqual(
        runs.map(({ id }) => id),
        [again.runId, runId],
      );
      assert.equal((await window.call('run/summary', { runId: again.runId })).gate, null);
      assert.equal((await window.call('run/summary', { runId })).rerun, undefined);
    });
});

function edit(root: string, file: string, from: string, to: string): void {
  const text = readFileSync(path.join(root, file), 'utf8');
  assert.ok(text.includes(from));
  writeFiles(root, { [file]: text.replace(from, to) });
}
