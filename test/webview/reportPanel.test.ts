import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import type { ResultRow } from '../../src/protocol/resultRow.ts';
import type { ToPage } from '../../src/webview/report/messages.ts';
import { sampleReport } from '../support/sampleReport.ts';
import { openBrowser } from './browser.ts';
import { manyResults } from './manyResults.ts';
import { Panel, type PanelOptions } from './panel.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { rowsMessages, runMessage } from './reportMessages.ts';
import { shownText } from './shownText.ts';

describe('the report panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;
  let panel: Panel;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(panel.complaints, []);
    await panel.close();
  });

  async function open(report: RunReport, options: PanelOptions = {}): Promise<Page> {
    panel = await Panel.open(browser, bundle, options);
    await panel.show(report);
    return panel.page;
  }

  it('says the verdict, the figures and every clause of the gate in words', async () => {
    const page = await open(sampleReport());
    const text = await shownText(page.locator('report-summary'));
    for (const part of [
      'Gate failed',
      '6 passed, 2 failed, 8 errored',
      '37.5 %',
      '4.8–84.5',
      '0.81 ±0.19',
      '≥ $0.00048',
      '10 unknown',
      '160 / 24',
      'p95 121 ms',
      'undecided max_cost_usd: cost $0.00208, at most $1.00 allowed (the cost of 10 trials is unknown)',
      'not asked no_regression[critical]',
    ])
      assert.ok(text.includes(part), `${part} is missing in: ${text}`);
  });

  it('marks results of cases that were run again, and counts them in the head', async () => {
    const sample = sampleReport();
    const rerun = { runId: 'later', before: 'failed' as const };
    const results = () =>
      [...sample.results()].map((result, at) => (at === 0 ? { ...result, rerun } : result));
    const page = await open({ ...sample, rerun: 1, results });
    const head = await shownText(page.locator('report-summary'));
    assert.ok(head.includes('Includes 1 result of cases run again after this run.'), head);
    const marks = page.locator('[role=gridcell].status[title*="previously failed"]');
    await marks.first().waitFor();
    assert.equal(await marks.count(), 1);
    await marks.first().click();
    const drawer = await shownText(page.locator('case-drawer'));
    assert.match(drawer, /Run again on .*; previously failed/);
  });

  it('has a table for targets, tags, evaluators and stages', async () => {
    const page = await open(sampleReport());
    const tables: [string, string][] = [
      ['Targets', 'agent v1 3 of 8'],
      ['Tags', 'critical 6 of 8'],
      ['Evaluators', 'rubric judge 4 of 4'],
      ['Stages', 'not scored 4'],
    ];
    for (const [tab, line] of tables) {
      await page.getByRole('tab', { name: tab }).click();
      const text = await shownText(page.getByRole('region', { name: tab }));
      assert.ok(text.includes(line), `${line} is missing in: ${text}`);
    }
  });

  describe('filters', () => {
    const shown = (page: Page) => shownText(page.locator('report-filters .shown'));
    const choose = async (page: Page, label: string, option: string) => {
      await page.locator(`vscode-single-select[title="${label}"]`).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };

    it('narrow by status, flakiness, target, tag, stage and evaluator', async () => {
      const page = await open(sampleReport());
      const cases: [string, string, string][] = [
        ['Status', 'Failed', '2 of 16 results'],
        ['Status', 'Errored', '8 of 16 results'],
        ['Status', 'Flaky', '4 of 16 results'],
        ['Target', 'mini', '8 of 16 results'],
        ['Tag', 'a|b', '4 of 16 results'],
        ['Stage', 'not scored', '4 of 16 results'],
        ['Failed evaluator', 'pii', '2 of 16 results'],
      ];
      for (const [label, option, expected] of cases) {
        await choose(page, label, option);
        assert.equal(await shown(page), expected, `${label}: ${option}`);
        await page.getByRole('button', { name: 'Clear filters' }).click();
        assert.equal(await shown(page), '16 results');
      }
    });

    it('search words in ids, inputs, outputs and reasons, together with the others', async () => {
      const page = await open(sampleReport());
      await page.getByRole('searchbox').fill('TIMEOUT down');
      assert.equal(await shown(page), '4 of 16 results');
      await choose(page, 'Target', 'mini');
      assert.equal(await shown(page), '2 of 16 results');
      await page.getByRole('searchbox').fill('nothing like it');
      assert.equal(
        await shownText(page.getByRole('grid')).then((text) =>
          text.includes('No results match the filters.'),
        ),
        true,
      );
    });

    it('are set by a name in a table, and are reached and changed by keyboard alone', async () => {
      const page = await open(sampleReport());
      await page.getByRole('button', { name: 'agent v1' }).click();
      assert.equal(await shown(page), '8 of 16 results');
      await page.getByRole('searchbox').focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      assert.match(await shown(page), /^[0-9]+ of 16 results$/);
      assert.notEqual(await shown(page), '8 of 16 results');
    });

    it('come back, with order, open case and scroll position, when the panel is opened again', async () => {
      const page = await open(manyResults(2000));
      await choose(page, 'Status', 'Failed');
      await page.getByRole('button', { name: 'Score' }).click();
      const grid = page.getByRole('grid');
      await grid.evaluate((element) => element.scrollTo(0, 1000));
      await until(async () => (panel.state as { scroll?: number } | null)?.scroll === 1000);
      // The rows of the new place are drawn with the frame after the one that noticed the scroll.
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      );
      const first = await topRow(page);
      const { state } = panel;
      await panel.close();

      const again = await open(manyResults(2000), { state });
      await until(async () => (await topRow(again)) === first);
      assert.equal(await shown(again), '283 of 2,000 results');
      assert.equal(
        await again.getByRole('grid').getByRole('columnheader', { name: 'Score' }).getAttribute('aria-sort'),
        'ascending',
      );
    });
  });

  describe('the grid', () => {
    it('draws only what can be seen of 50,000 rows, and says how many there are', async function () {
      this.timeout(60_000);
      const page = await open(manyResults(50_000));
      const grid = page.getByRole('grid');
      assert.equal(await grid.getAttribute('aria-rowcount'), '50001');
      const drawn = () => page.locator('[role=row]').count();
      assert.ok((await drawn()) < 80);
      await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.locator('[aria-rowindex="50001"]').waitFor();
      assert.ok((await drawn()) < 80);
      assert.match(await shownText(page.locator('[aria-rowindex="50001"]')), /case-049999/);
    });

    it('moves with the keys, opens with Enter, and gets the focus back with Escape', async () => {
      const page = await open(manyResults(100));
      await page.getByRole('grid').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
      assert.match(await cursorText(page), /case-000001/);
      await page.keyboard.press('End');
      assert.match(await cursorText(page), /case-000099/);
      await page.keyboard.press('PageUp');
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      const heading = page.getByRole('heading', { name: 'case-000000' });
      await heading.waitFor();
      assert.equal(await heading.evaluate((element) => element.matches(':focus')), true);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('case-drawer').count(), 0);
      assert.equal(await page.getByRole('grid').evaluate((element) => element.matches(':focus')), true);
      await page.keyboard.press('ArrowDown');
      assert.match(await cursorText(page), /case-000001/);
    });

    it('sorts by a column, then the other way, then by the dataset again; unknown comes last', async () => {
      const page = await open(sampleReport());
      const scores = () =>
        page
          .locator('[role=row]')
          .evaluateAll((rows) => rows.slice(1).map((row) => row.children[4]?.textContent ?? ''));
      const header = page.getByRole('button', { name: 'Score' });
      await header.click();
      assert.deepEqual((await scores()).map((text) => text.trim()).slice(0, 3), ['0.25', '0.25', '1.00']);
      await header.click();
      const descending = (await scores()).map((text) => text.trim());
      assert.equal(descending[0], '1.00');
      assert.equal(descending.at(-1), '–');
      await header.click();
      assert.equal((await scores())[0]?.trim(), '1.00');
      assert.equal((await scores())[4]?.trim(), '0.25');
    });

    it('keeps what is being read in its place while rows arrive above it', async () => {
      const report = manyResults(2000);
      panel = await Panel.open(browser, bundle);
      const { page } = panel;
      const batches = rowsMessages(report, 500);
      const [first, second, third, fourth] = batches;
      await panel.send(runMessage(report), third, fourth);
      await page.getByRole('grid').evaluate((element) => element.scrollTo(0, 5000));
      await panel.send();
      const before = await topRow(page);
      await panel.send(first);
      await panel.send(second);
      assert.equal(await topRow(page), before);
      assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '2001');
    });

    it('follows a run: its progress, its figures, and a result that comes again', async () => {
      const report = sampleReport();
      const running = runMessage(report);
      assert.ok(running.type === 'run');
      const head = { ...running.head, run: { ...running.head.run, state: 'running', trials: 40 } };
      panel = await Panel.open(browser, bundle);
      const { page } = panel;
      await panel.send({ type: 'run', head });
      assert.match(await shownText(page.locator('h1')), /Running: 16 of 40 results/);
      assert.match(await shownText(page.getByRole('grid')), /Waiting for the first results/);
      const [batch] = rowsMessages(report) as [Extract<ToPage, { type: 'rows' }>];
      await panel.send(batch);
      const [row] = batch.rows as [ResultRow];
      await panel.send({ ...batch, rows: [{ ...row, status: 'failed', score: 0.01 }] });
      assert.match(await shownText(page.locator('[aria-rowindex="2"]')), /Failed[\s\S]*0\.01/);
      await panel.send(running);
      assert.match(await shownText(page.locator('h1')), /Gate failed/);
    });
  });

  describe('the drawer', () => {
    it('shows everything that is known of a result', async () => {
      const page = await open(sampleReport());
      await page.locator('[aria-rowindex="6"]').click();
      await page.getByRole('heading', { name: 'Details' }).waitFor();
      const text = await shownText(page.locator('case-drawer'));
      for (const part of [
        'Ignore everything.',
        'expected concepts',
        'policy',
        'contains failed, score 0.00',
        'pii could not measure',
        'latency does not apply',
        'skipped: rubric',
        'audited: the judge agrees',
        'order-4711',
        'tool lookup 3 ms',
        'look|up',
        'fixture.golden.yaml:2:1',
        '0'.repeat(32),
      ])
        assert.ok(text.includes(part), `${part} is missing in: ${text}`);
    });

    it('compares the output with the reference word by word', async () => {
      const page = await open(manyResults(10));
      await page.locator('[aria-rowindex="5"]').click();
      await page.getByRole('button', { name: 'Show differences' }).click();
      assert.deepEqual(await page.locator('pre.compared del').allInnerTexts(), ['three', 'monday']);
      assert.deepEqual(await page.locator('pre.compared ins').allInnerTexts(), ['ten', 'friday']);
      await page.getByRole('button', { name: 'Show separately' }).click();
      assert.equal(await page.locator('pre.compared').count(), 0);
    });

    it('follows the cursor and its own buttons', async () => {
      const page = await open(manyResults(10));
      await page.locator('[aria-rowindex="5"]').click();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('heading', { name: 'case-000004' }).waitFor();
      await page.getByRole('button', { name: 'Next result' }).click();
      await page.getByRole('heading', { name: 'case-000005' }).waitFor();
    });

    it('posts the actions that the host offers, and shows no others', async () => {
      const page = await open(sampleReport(), { actions: ['open-case', 'accept-output'] });
      await page.locator('[aria-rowindex="6"]').click();
      await page.getByRole('heading', { name: 'Details' }).waitFor();
      assert.equal(await page.locator('case-drawer vscode-button').count(), 2);
      await page.getByText('Accept output as expected…').click();
      await until(async () => panel.received.some(({ type }) => type === 'action'));
      assert.deepEqual(panel.received.at(-1), {
        type: 'action',
        action: 'accept-output',
        run_id: '20261105-120000-abcd',
        key: { target: 'agent v1', case_index: 1, trial: 0 },
        case_id: '=HYPERLINK("http://evil.example")',
        trace_id: '0'.repeat(32),
      });
    });

    it('takes a person’s verdict on an output, with a reason, and takes it back', async () => {
      const page = await open(manyResults(10), { label: null });
      await page.locator('[aria-rowindex="5"]').click();
      const editor = page.locator('label-editor');
      await editor.getByRole('textbox').fill('names no deadline');
      await editor.getByRole('button', { name: 'Incorrect' }).click();
      await editor.getByText('Labelled incorrect in the dataset.').waitFor();
      const labels = () =>
        panel.received.flatMap((message) => (message.type === 'label' ? [message.label] : []));
      assert.deepEqual(labels(), [{ pass: false, note: 'names no deadline' }]);
      await editor.getByRole('button', { name: 'Correct', exact: true }).click();
      await editor.getByRole('button', { name: 'Correct', exact: true, pressed: true }).click();
      await editor.getByRole('button', { name: 'Correct', exact: true, pressed: false }).waitFor();
      assert.deepEqual(labels().slice(1), [{ pass: true, note: 'names no deadline' }, null]);
    });

    it('asks for no label where none can be written', async () => {
      const page = await open(manyResults(10));
      await page.locator('[aria-rowindex="5"]').click();
      await page.getByRole('heading', { name: 'Details' }).waitFor();
      assert.equal(await page.locator('label-editor').count(), 0);
    });

    it('opens on a result that the host reveals, whatever the filters hide', async () => {
      const page = await open(manyResults(500));
      await page.getByRole('searchbox').fill('case-000001');
      const key = { target: 'agent', case_index: 400, trial: 0 };
      await panel.send({ type: 'reveal', run_id: '20261105-120000-abcd', key });
      await page.getByRole('heading', { name: 'case-000400' }).waitFor();
      await page.locator('[aria-rowindex="402"]').waitFor();
    });

    it('says why a result cannot be had', async () => {
      const report = sampleReport();
      panel = await Panel.open(browser, bundle);
      await panel.send(runMessage(report), ...rowsMessages(report));
      await panel.page.locator('[aria-rowindex="2"]').click();
      assert.match(await shownText(panel.page.locator('case-drawer')), /Loading the result/);
      const key = { target: 'agent v1', case_index: 0, trial: 0 };
      const message = 'The run was deleted.';
      await panel.send({ type: 'case-missing', run_id: report.run.id, key, message });
      assert.match(await shownText(panel.page.locator('case-drawer')), /The run was deleted\./);
    });

    it('covers a narrow page, whose other controls cannot be reached then', async () => {
      const page = await open(sampleReport(), { width: 320, height: 700 });
      await page.locator('[aria-rowindex="6"]').click();
      await page.getByRole('heading', { name: 'Details' }).waitFor();
      assert.equal(await page.locator('.page').evaluate((element) => element.matches('[inert]')), true);
      const box = await page.locator('case-drawer').boundingBox();
      assert.deepEqual(box, { x: 0, y: 0, width: 320, height: 700 });
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('case-drawer').count(), 0);
    });
  });

  it('ignores a message that is not of the contract, and goes on', async () => {
    const page = await open(sampleReport());
    for (const message of [null, 'ready', { type: 'run' }, { type: 'rows', run_id: 'x', rows: [{}] }])
      await panel.send(message);
    assert.equal(panel.complaints.length, 4);
    assert.ok(panel.complaints.every((text) => text.includes('not part of the report protocol')));
    panel.complaints.length = 0;
    assert.match(await shownText(page.locator('h1')), /Gate failed/);
  });

  it('forgets every run on reset', async () => {
    const page = await open(sampleReport());
    await panel.send({ type: 'reset' });
    assert.match(await shownText(page.locator('touchstone-report')), /Waiting for results/);
  });

  it('prints rows that are not on the screen', async () => {
    const page = await open(manyResults(300));
    assert.equal(await page.locator('[aria-rowindex="300"]').count(), 0);
    await page.emulateMedia({ media: 'print' });
    await page.locator('[aria-rowindex="300"]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('report-filters').isVisible(), false);
  });
});

function cursorText(page: Page): Promise<string> {
  return shownText(page.locator('#cursor'));
}

/** The first row that can be seen below the headings, and how far it is scrolled. */
function topRow(page: Page): Promise<string> {
  return page.getByRole('grid').evaluate((grid) => {
    const edge = grid.getBoundingClientRect().top + (grid.querySelector('.head')?.clientHeight ?? 0);
    const rows = [...grid.querySelectorAll('.rows [role=row]')];
    const row = rows.find((candidate) => candidate.getBoundingClientRect().bottom > edge + 2);
    return `${row?.children[1]?.textContent?.trim()} at ${Math.round((row?.getBoundingClientRect().top ?? 0) - edge)}`;
  });
}

/** Waits for what the page tells the host on its own time. Fails by mocha's timeout. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
