import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { intendChange, intendedChange } from '../../../../src/engine/datasets/edit/intendChange.ts';
import { readRecords } from '../../../../src/engine/datasets/migrations/upgrade.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';

const HEAD = 'schema_version: 2.0.0\nversion: 1.0.0\n';

async function marked(path: string, text: string, reason: string): Promise<string> {
  const changed = await intendChange({ path, text }, 'a', reason);
  const [found] = readRecords(path, changed.text).cases;
  assert.equal(intendedChange(found as { metadata?: JsonObject }), reason);
  return changed.text;
}

describe('intendChange', () => {
  it('adds the reason and keeps every comment', async () => {
    const text = `${HEAD}test_cases:\n  - id: a # first\n    input: x\n  - id: b # second\n    input: y\n`;
    const after = await marked('d.yaml', text, 'shorter: asked for');
    const kept = after.split('\n').filter((line) => !line.includes('intended') && !line.includes('metadata'));
    assert.deepEqual(kept, text.split('\n'));
  });

  it('adds to metadata that are there, and replaces an earlier reason', async () => {
    const text = `${HEAD}test_cases:\n  - id: a\n    input: x\n    metadata:\n      owner: me # kept\n`;
    const once = await marked('d.yaml', text, 'one');
    const twice = await marked('d.yaml', once, "two, it's better");
    assert.match(twice, /owner: me # kept\n/);
    assert.doesNotMatch(twice, /\bone\b/);
  });

  it('writes JSON and JSONL', async () => {
    const entry = { id: 'a', input: 'x', metadata: { owner: 'me' } };
    const json = JSON.stringify({ schema_version: '2.0.0', version: '1.0.0', test_cases: [entry] }, null, 2);
    await marked('d.json', json, 'meant so');
    const lines = `{"schema_version":"2.0.0","version":"1.0.0"}\n${JSON.stringify(entry)}\n`;
    await marked('d.jsonl', lines, 'meant so');
  });

  it('says which case is missing', async () => {
    const text = `${HEAD}test_cases:\n  - id: b\n    input: x\n`;
    await assert.rejects(intendChange({ path: 'd.yaml', text }, 'a', 'r'), /has no case 'a'/);
  });
});
