import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { applied } from '../ui/edits/typedText.ts';
import { TestWindow } from './window.ts';
import { echoWorkspace } from './workspaces.ts';

const CASES = 1_600;

function yamlCases(schema: string, expected: string): string {
  const cases = Array.from(
    { length: CASES },
    (_, index) => `  - id: case-${index}\n    input: a question\n    expected_output: { ${expected}: [x] }\n`,
  );
  return `schema_version: ${schema}\nversion: 1.0.0\ntest_cases:\n${cases.join('')}`;
}

/** Answers that came, in their order, of work that takes long and of a call that takes no time. */
async function order(window: TestWindow, long: Promise<unknown>): Promise<string[]> {
  const came: string[] = [];
  const work = long.then(() => came.push('work'));
  await window.call('run/exportFormats', {});
  came.push('call');
  await work;
  return came;
}

describe('engine process: a large dataset', function () {
  this.timeout(120_000);

  it('is upgraded, labelled and added to while other calls are answered', async () => {
    const root = temporaryFolder(echoWorkspace(1));
    await using window = await TestWindow.open(root);
    const old = { path: 'd.golden.yaml', text: yamlCases('1.0.0', 'expected_keywords') };
    const upgrade = window.call('dataset/upgrade', old);
    assert.deepEqual(await order(window, upgrade), ['call', 'work']);
    const { edits, changes } = await upgrade;
    assert.ok(changes.length > CASES);
    assert.ok(edits.length > CASES, 'only the lines that change are replaced');
    const text = applied(old.text, edits);
    assert.match(text, /expected_concepts: \[x\]/);
    assert.doesNotMatch(text, /expected_keywords/);

    const current = { path: 'd.golden.yaml', text: yamlCases('2.0.0', 'expected_concepts') };
    const caseId = `case-${CASES - 1}`;
    const label = { pass: true, note: '' };
    for (const begin of [
      () => window.call('dataset/label', { ...current, caseId, output: 'x', label }),
      () => window.call('dataset/expect', { ...current, caseId, answer: 'x' }),
      () => window.call('compare/intend', { ...current, caseId, reason: 'x' }),
      () => window.call('dataset/add', { ...current, case: { id: 'new', input: 'x' } }),
    ]) {
      const work = begin();
      assert.deepEqual(await order(window, work), ['call', 'work']);
      assert.ok((await work).edits.length > 0);
    }
    const missing = await window.failure('dataset/expect', { ...current, caseId: 'none', answer: 'x' });
    assert.ok(missing.kind === 'user' && /no case 'none'/.test(missing.message));
  });

  it('is read once for all of its pages, and anew when it has changed', async () => {
    const root = temporaryFolder({
      ...echoWorkspace(1),
      'd.golden.yaml': yamlCases('2.0.0', 'expected_concepts'),
    });
    await using window = await TestWindow.open(root);
    const page = (offset: number) =>
      window.call('dataset/cases', { path: 'd.golden.yaml', offset, limit: 1_000 });
    const first = page(0);
    assert.deepEqual(await order(window, first), ['call', 'work']);
    // The pages behind the first are there before any thread could have read the file.
    assert.deepEqual(await order(window, page(CASES - 1)), ['work', 'call']);
    const last = await page(CASES - 1);
    assert.deepEqual([last.total, last.cases.length, last.cases[0]?.id], [CASES, 1, `case-${CASES - 1}`]);
    const changed = yamlCases('2.0.0', 'expected_concepts').replace('id: case-0\n', 'id: renamed\n');
    writeFileSync(path.join(root, 'd.golden.yaml'), changed);
    assert.equal((await page(0)).cases[0]?.id, 'renamed');
  });
});
