import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  labelOutput,
  labelsOf,
  type OutputLabel,
  outputName,
} from '../../../../src/engine/datasets/edit/outputLabels.ts';
import { readRecords } from '../../../../src/engine/datasets/migrations/upgrade.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';

const HEAD = 'schema_version: 2.0.0\nversion: 1.0.0\n';

function labels(path: string, text: string): Map<string, OutputLabel> {
  const [entry] = readRecords(path, text).cases;
  return labelsOf(entry as { metadata?: JsonObject });
}

async function labelled(path: string, text: string, output: string, label: OutputLabel | null) {
  return (await labelOutput({ path, text }, 'a', output, label)).text;
}

describe('labelOutput', () => {
  it('writes a label of one output and keeps everything else, comments included', async () => {
    const text = `${HEAD}test_cases:\n  - id: a # first\n    input: x\n    metadata:\n      owner: me # kept\n`;
    const once = await labelled('d.yaml', text, 'thirty days', { pass: true, note: '' });
    const twice = await labelled('d.yaml', once, 'ask: "us"', { pass: false, note: "rude: it's #1" });
    assert.match(twice, /- id: a # first\n/);
    assert.match(twice, /owner: me # kept\n/);
    assert.deepEqual(
      [...labels('d.yaml', twice)],
      [
        [outputName('thirty days'), { pass: true, note: '' }],
        [outputName('ask: "us"'), { pass: false, note: "rude: it's #1" }],
      ],
    );
  });

  it('fills a map that is written as empty', async () => {
    for (const entry of [
      '  - id: a\n    input: x\n    metadata: {} # mine\n    tags: [b]\n',
      '  - { id: a, input: x, metadata: { } }\n',
      '  - id: a\n    input: x\n    metadata: { labels: {} }\n',
    ]) {
      const text = `${HEAD}test_cases:\n${entry}`;
      const after = await labelled('d.yaml', text, 'o', { pass: false, note: 'a: "b" # c' });
      assert.deepEqual([...labels('d.yaml', after).values()], [{ pass: false, note: 'a: "b" # c' }]);
      assert.equal(after.includes('# mine\n'), entry.includes('# mine'));
    }
  });

  it('replaces an earlier label, and takes it back', async () => {
    const text = `${HEAD}test_cases:\n  - id: a\n    input: x\n`;
    const once = await labelled('d.yaml', text, 'o', { pass: true, note: 'good' });
    const changed = await labelled('d.yaml', once, 'o', { pass: false, note: '' });
    assert.deepEqual([...labels('d.yaml', changed).values()], [{ pass: false, note: '' }]);
    assert.equal(labels('d.yaml', await labelled('d.yaml', changed, 'o', null)).size, 0);
  });

  it('writes JSON and JSONL', async () => {
    const entry = { id: 'a', input: 'x' };
    const json = JSON.stringify({ schema_version: '2.0.0', version: '1.0.0', test_cases: [entry] }, null, 2);
    const lines = `{"schema_version":"2.0.0","version":"1.0.0"}\n${JSON.stringify(entry)}\n`;
    for (const [path, text] of [
      ['d.json', json],
      ['d.jsonl', lines],
    ] as const) {
      const after = await labelled(path, text, 'o', { pass: false, note: 'no' });
      assert.deepEqual(labels(path, after).get(outputName('o')), { pass: false, note: 'no' });
    }
  });

  it('takes nothing for a label that is none', () => {
    const metadata = { labels: { 'out-1': 'maybe', 'out-2': true, 'out-3': 'passes', 'out-4': 'pass' } };
    assert.deepEqual([...labelsOf({ metadata }).keys()], ['out-4']);
    assert.equal(labelsOf({ metadata: { labels: 'pass' } }).size, 0);
    assert.equal(labelsOf(undefined).size, 0);
  });
});
