import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const CONFIG = `# Ours.
suites:
  support:
    dataset: d.yaml
    targets: [ { echo: true } ]
    evaluators: [ is-json, concepts, { javascript: "true" }, { contains: Thank } ]
    gate: { min_pass_rate: 1 }
`;
const FILES = { 'touchstone.yaml': CONFIG, 'd.yaml': '- input: a\n' };
const MONITOR = { name: 'live', match: { kind: 'agent' }, share: 0.5, suite: 'support', evaluators: [0, 3] };

describe('engine process: monitors', () => {
  it('says what a monitor can be made of', async () => {
    await using window = await TestWindow.open(temporaryFolder(FILES));
    const { names, suites, services } = await window.call('monitor/choices', {});
    assert.deepEqual([names, services], [[], []]);
    assert.deepEqual(
      suites.map(({ name, evaluators }) => [
        name,
        evaluators.map((one) => [one.at, one.name, one.unfit === null]),
      ]),
      [
        [
          'support',
          [
            [0, 'is-json', true],
            [1, 'concepts', false],
            [2, 'javascript', false],
            [3, 'contains', true],
          ],
        ],
      ],
    );
  });

  it('says what adds it, and writes nothing', async () => {
    const root = temporaryFolder(FILES);
    await using window = await TestWindow.open(root);
    const { edits, line } = await window.call('monitor/add', { text: CONFIG, ...MONITOR });
    assert.equal(line, 10);
    assert.equal(
      edits.map(({ text }) => text).join(''),
      '\nmonitors:\n  live:\n    match: { kind: agent }\n    share: 0.5\n    evaluators:\n      - is-json\n      - contains: Thank\n',
    );
    assert.equal(readFileSync(path.join(root, 'touchstone.yaml'), 'utf8'), CONFIG);
  });

  it('adds none where the workspace is not trusted', async () => {
    await using window = await TestWindow.open(temporaryFolder(FILES), { trusted: false });
    assert.equal((await window.call('monitor/choices', {})).suites.length, 1);
    await assert.rejects(window.call('monitor/add', { text: CONFIG, ...MONITOR }), /trust/);
  });
});
