import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, openDataset, validateDatasetFile } from '../../../src/engine/datasets/dataset.ts';
import { upgradeDataset } from '../../../src/engine/datasets/migrations/upgrade.ts';
import { FileError, ProblemsError } from '../../../src/engine/errors.ts';
import type { LocatedCase } from '../../../src/engine/model/case.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const signal = new AbortController().signal;
const HEADER = '{"schema_version":"2.0.0","version":"1.2.3","metadata":{"name":"Many"}}';

async function collect(dataset: Dataset): Promise<LocatedCase[]> {
  const cases: LocatedCase[] = [];
  for await (const located of dataset.cases({ signal })) cases.push(located);
  return cases;
}

describe('openDataset', () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'data'));
  });

  function write(name: string, content: string | Uint8Array): string {
    const path = join(root, 'data', name);
    writeFileSync(path, content);
    return path;
  }

  function copyFixture(name: string): string {
    const path = join(root, 'data', name);
    copyFileSync(new URL(`../../fixtures/datasets/${name}`, import.meta.url), path);
    return path;
  }

  it('gives header, cases and their places', async () => {
    const dataset = await openDataset(copyFixture('support-2.0.0.yaml'), { root, signal });
    assert.deepEqual(
      { ...dataset.header, metadata: Object.keys(dataset.header.metadata) },
      {
        path: 'data/support-2.0.0.yaml',
        format: 'yaml',
        schemaVersion: '2.0.0',
        version: '1.3.0',
        name: 'Support',
        metadata: ['name', 'description', 'author', 'created', 'license'],
      },
    );
    const cases = await collect(dataset);
    assert.equal(dataset.count, 4);
    assert.deepEqual(
      cases.map((item) => item.case.id),
      ['refund-001', 'refund-002', 'refund-003', 'refund-004'],
    );
    assert.deepEqual(cases[1]?.location, { path: 'data/support-2.0.0.yaml', line: 31, column: 5 });
    assert.equal(cases[0]?.case['own_field'], 'kept');
    assert.equal(cases[0]?.case.evaluation_criteria?.min_safety, 1);
  });

  it('hashes the bytes of the file', async () => {
    for (const name of ['refunds-1.0.0.yaml', 'refunds-1.0.0.jsonl']) {
      const path = copyFixture(name);
      const expected = createHash('sha256').update(readFileSync(path)).digest('hex');
      assert.equal((await openDataset(path, { root, signal })).contentHash, expected);
    }
  });

  for (const format of ['yaml', 'json', 'jsonl']) {
    it(`reads an older ${format} file as its upgrade would be read`, async () => {
      const path = copyFixture(`refunds-1.0.0.${format}`);
      const old = await openDataset(path, { root, signal });
      const upgrade = await upgradeDataset({ path, text: readFileSync(path, 'utf8') });
      const fresh = await openDataset(write(`new.${format}`, upgrade.text), { root, signal });
      assert.deepEqual(
        (await collect(old)).map((item) => item.case),
        (await collect(fresh)).map((item) => item.case),
      );
      assert.equal(old.header.schemaVersion, '1.0.0');
      assert.equal(fresh.header.schemaVersion, '2.0.0');
    });
  }

  it('streams JSONL in order, over many chunks, with places', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) =>
      JSON.stringify({ id: `c${n}`, input: 'é'.repeat(n % 300) }),
    );
    const dataset = await openDataset(write('many.jsonl', `${HEADER}\r\n${lines.join('\r\n')}`), {
      root,
      signal,
    });
    assert.equal(dataset.count, 5000);
    assert.equal(dataset.header.name, 'Many');
    const cases = await collect(dataset);
    assert.deepEqual(
      cases.map((item) => item.case.id),
      lines.map((_, n) => `c${n}`),
    );
    assert.deepEqual(cases.at(-1)?.location, { path: 'data/many.jsonl', line: 5001, column: 1 });
    assert.deepEqual(cases.at(-1)?.index, 4999);
  });

  it('names a dataset without a header by its file, and warns', async () => {
    const dataset = await openDataset(write('plain.golden.jsonl', '{"id":"a","input":"x"}'), {
      root,
      signal,
    });
    assert.deepEqual([dataset.header.name, dataset.header.version], ['plain', '0.0.0']);
    assert.deepEqual(
      dataset.warnings.map((warning) => warning.code),
      ['missing-header'],
    );
    assert.equal((await collect(dataset)).length, 1);
  });

  it('checks everything before it gives the first case', async () => {
    const good = Array.from({ length: 3000 }, (_, n) => JSON.stringify({ id: `c${n}`, input: 'x' })).join(
      '\n',
    );
    const path = write('bad.jsonl', `${HEADER}\n${good}\n{"id":"c7","input":"x"}\n{"id":"last"}\n`);
    await assert.rejects(openDataset(path, { root, signal }), (error) => {
      assert.ok(error instanceof ProblemsError);
      assert.deepEqual(
        error.problems.map((problem) => [problem.code, problem.location.line]),
        [
          ['missing-field', 3003],
          ['duplicate-case-id', 3002],
        ],
      );
      return true;
    });
  });

  it('notices that a streamed file changed since it was checked', async () => {
    const path = write('changing.jsonl', `${HEADER}\n{"id":"a","input":"x"}\n`);
    const dataset = await openDataset(path, { root, signal });
    writeFileSync(path, `${HEADER}\n{"id":"a","input":"y"}\n`);
    await assert.rejects(
      collect(dataset),
      (error) => error instanceof FileError && /dataset changed/.test(error.message),
    );
    writeFileSync(path, `${HEADER}\n{"id":"a"}\n`);
    await assert.rejects(collect(dataset), /dataset changed/);
  });

  const hostile: { [name: string]: [file: string, content: string | Uint8Array, message: RegExp] } = {
    'invalid UTF-8': ['a.yaml', Uint8Array.from([0x61, 0xff]), /0xff at offset 1 /],
    'invalid UTF-8 in a line': [
      'a.jsonl',
      Buffer.concat([Buffer.from(`${HEADER}\n`), Uint8Array.from([0xc3, 0x28])]),
      /not valid UTF-8/,
    ],
    'a NUL character': ['a.json', '{"a":"\0"}', /NUL/],
    'UTF-16': ['a.jsonl', Buffer.from(`\ufeff${HEADER}`, 'utf16le'), /UTF-16/],
    'a deep line': ['a.jsonl', `${HEADER}\n{"id":"a","input":${'['.repeat(200_000)}`, /nested deeper/],
    'a key that reaches a prototype': [
      'a.jsonl',
      `${HEADER}\n{"id":"a","input":"x","__proto__":{"x":1}}`,
      /__proto__/,
    ],
    'a 64-bit id': [
      'a.jsonl',
      `${HEADER}\n{"id":"a","input":{"order":9007199254740993}}`,
      /too large to be represented exactly/,
    ],
    'half a surrogate pair': ['a.jsonl', `${HEADER}\n{"id":"a","input":"\\ud800"}`, /surrogate/],
    'an over-long line': [
      'a.jsonl',
      `${HEADER}\n{"id":"a","input":"${'x'.repeat(17 * 1024 * 1024)}"}`,
      /line 2 is longer than/,
    ],
  };
  for (const [name, [file, content, message]] of Object.entries(hostile)) {
    it(`refuses ${name} with a place`, async () => {
      const [problem] = (await validateDatasetFile(write(file, content), { root, signal })).filter(
        (p) => p.severity === 'error',
      );
      assert.match(problem?.message ?? '', message);
      assert.equal(problem?.location.path, `data/${file}`);
      assert.ok((problem?.location.line ?? 0) >= 1);
      assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
    });
  }

  it('takes a byte order mark and CRLF', async () => {
    const yaml =
      '\ufeffschema_version: 2.0.0\r\nversion: 1.0.0\r\ntest_cases:\r\n  - id: a\r\n    input: |\r\n      x\r\n      y\r\n';
    const [found] = await collect(await openDataset(write('bom.yaml', yaml), { root, signal }));
    assert.deepEqual(found?.case, { id: 'a', input: 'x\ny\n' });
    const lines = await collect(
      await openDataset(write('bom.jsonl', `\ufeff${HEADER}\r\n{"id":"a","input":"x"}\r\n`), {
        root,
        signal,
      }),
    );
    assert.deepEqual(
      lines.map((item) => item.case),
      [{ id: 'a', input: 'x' }],
    );
  });

  it('says that a file is missing', async () => {
    await assert.rejects(openDataset(join(root, 'no.yaml'), { root, signal }), /does not exist/);
    await assert.rejects(openDataset(join(root, 'no.jsonl'), { root, signal }), /does not exist/);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const path = write('a.jsonl', `${HEADER}\n{"id":"a","input":"x"}\n`);
    await assert.rejects(openDataset(path, { root, signal: controller.signal }), /enough/);
    const dataset = await openDataset(path, { root, signal });
    await assert.rejects(async () => {
      for await (const _ of dataset.batches({ signal: controller.signal }));
    }, /enough/);
  });
});
