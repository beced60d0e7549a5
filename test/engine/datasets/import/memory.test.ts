import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const cli = path.join(import.meta.dirname, '../../../../src/cli.ts');

describe('import of a large JSONL file', () => {
  const folder = temporaryFolder();

  it('holds a part of it at a time', () => {
    const file = openSync(path.join(folder, 'large.jsonl'), 'w');
    const filler = 'word '.repeat(200);
    for (let start = 0; start < 60_000; start += 1000) {
      const line = (index: number) => `{"input":"question ${index} ${filler}","ideal":"${index}"}\n`;
      writeSync(file, Array.from({ length: 1000 }, (_, index) => line(start + index)).join(''));
    }
    closeSync(file);
    // 60 MB of records, with a heap that has room for less than half of them.
    const heap = ['--max-old-space-size=28', cli];
    const result = spawnSync(process.execPath, [...heap, 'import', 'large.jsonl', '-o', 'out.jsonl'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /60,000 cases/);
    const out = readFileSync(path.join(folder, 'out.jsonl'), 'latin1');
    assert.equal(out.split('\n').length, 60_002);
  }).timeout(60_000);
});
