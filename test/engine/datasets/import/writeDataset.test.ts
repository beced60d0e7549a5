import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openDataset } from '../../../../src/engine/datasets/dataset.ts';
import { writeDataset } from '../../../../src/engine/datasets/import/writeDataset.ts';
import { FileError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { anyCases } from './anyCase.ts';

const { signal } = new AbortController();
const random = { next: () => 0.5, hex: () => 'abc' };

async function* one(cases: readonly GoldenCase[]) {
  yield cases;
}

describe('writeDataset', () => {
  const folder = temporaryFolder();

  const write = (name: string, batches: AsyncIterable<readonly GoldenCase[]>) =>
    writeDataset({ path: join(folder, name), shownAs: name, metadata: { name: 'n' }, random }, batches);

  async function read(name: string): Promise<GoldenCase[]> {
    const dataset = await openDataset(join(folder, name), { root: folder, signal });
    const cases: GoldenCase[] = [];
    for await (const { case: entry } of dataset.cases({ signal })) cases.push(entry);
    return cases;
  }

  for (const format of ['yaml', 'json', 'jsonl']) {
    it(`writes ${format} that reads back as the same cases`, async () => {
      await fc.assert(
        fc.asyncProperty(anyCases, async (cases) => {
          const name = `written.${format}`;
          assert.equal(await write(name, one(cases)), cases.length);
          assert.deepEqual(await read(name), cases);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('begins with version 1.0.0 of the current schema', async () => {
    await write('head.jsonl', one([{ id: 'a', input: 'x' }]));
    const [header] = readFileSync(join(folder, 'head.jsonl'), 'utf8').split('\n');
    assert.equal(header, '{"schema_version":"2.0.0","version":"1.0.0","metadata":{"name":"n"}}');
  });

  it('leaves the old file as it is, and nothing behind, when the cases end with an error', async () => {
    writeFileSync(join(folder, 'kept.jsonl'), 'old');
    async function* failing() {
      yield [{ id: 'a', input: 'x' }];
      throw new FileError('broken');
    }
    await assert.rejects(write('kept.jsonl', failing()), /broken/);
    assert.equal(readFileSync(join(folder, 'kept.jsonl'), 'utf8'), 'old');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('refuses to write nothing, a file of another kind, and one where there is no folder', async () => {
    await assert.rejects(write('none.jsonl', one([])), /there are no cases to write/);
    await assert.rejects(write('a.txt', one([{ id: 'a', input: 'x' }])), /not identify a dataset format/);
    await assert.rejects(write('no/folder.jsonl', one([{ id: 'a', input: 'x' }])), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /cannot be written \(ENOENT\)/);
      return true;
    });
  });

  it('refuses YAML that would be too large to be read again, and names JSONL', async () => {
    const cases = Array.from({ length: 9 }, (_, index) => ({
      id: `c${index}`,
      input: 'x'.repeat(1_000_000),
    }));
    await assert.rejects(write('large.yaml', one(cases)), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /too large for a YAML file/);
      assert.match(error.remedy ?? '', /\.jsonl/);
      return true;
    });
    assert.equal(await write('large.jsonl', one(cases)), 9);
  });
});
