import assert from 'node:assert/strict';
import { FileError, ProblemsError, UsageError } from '../../../../src/engine/errors.ts';
import { importText } from './importing.ts';

const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

async function ids(...records: object[]): Promise<string[]> {
  const { cases } = await importText('t.jsonl', lines(...records), 'autoevals');
  return cases.map(({ id }) => id);
}

describe('openImport', () => {
  it('asks which tool wrote the data where several could have', async () => {
    const text = lines({ input: 'x', target: 'y', expected: 'y' });
    await assert.rejects(importText('t.jsonl', text), (error) => {
      assert.ok(error instanceof FileError);
      assert.equal(error.message, 'the data could be from Inspect, or autoevals, Braintrust or Evalite');
      assert.equal(error.remedy, 'Say which: --from inspect or --from autoevals.');
      return true;
    });
    assert.equal((await importText('t.jsonl', text, 'inspect')).cases[0]?.expected_output?.answer, 'y');
  });

  it('lists the formats where no field tells the tool', async () => {
    await assert.rejects(importText('t.jsonl', lines({ text: 'x', label: 'y' })), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(
        error.remedy ?? '',
        /--from:\n {4}promptfoo: vars, assert.*\n {4}openai-evals: input, ideal/,
      );
      assert.doesNotMatch(error.remedy ?? '', /waza/, 'a Waza task is never JSONL');
      return true;
    });
  });

  it('tells the format although some records lack the telling field', async () => {
    const { formats } = await importText('t.jsonl', lines({ input: 'x' }, { input: 'y', ideal: 'z' }));
    assert.deepEqual(formats, ['OpenAI evals']);
  });

  it('refuses an unknown format, a golden dataset, and a file that is not of the named format', async () => {
    await assert.rejects(importText('t.jsonl', lines({ input: 'x' }), 'excel'), UsageError);
    const golden = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
    await assert.rejects(importText('t.yaml', golden), /already a golden dataset/);
    const streamed = lines(
      { schema_version: '2.0.0', version: '1.0.0' },
      { id: 'a', input: 'x', expected_output: {} },
    );
    await assert.rejects(importText('t.jsonl', streamed), /already a golden dataset/);
    await assert.rejects(importText('t.yaml', 'a: 1\n', 'promptfoo'), /no records in this format: promptfoo/);
    await assert.rejects(importText('t.csv', 'a\n1\n', 'waza'), /no records in this format: Waza/);
    await assert.rejects(importText('t.txt', 'x'), /does not identify the format/);
  });

  it('names the other file where the tests of a configuration stand', async () => {
    for (const tests of ['file://cases.csv', '[file://cases.csv]']) {
      await assert.rejects(importText('t.yaml', `prompts: [x]\ntests: ${tests}\n`), (error) => {
        assert.ok(error instanceof FileError);
        assert.match(error.message, /another file: file:\/\/cases.csv/);
        assert.equal(error.remedy, 'Import that file instead.');
        return true;
      });
    }
  });

  it('lists every record that cannot be used, with its place, and gives no case', async () => {
    const text = lines(
      { input: 'x', expected: '1' },
      { expected: '2' },
      { input: { messages: 5 }, expected: '3' },
    );
    await assert.rejects(importText('t.jsonl', text), (error) => {
      assert.ok(error instanceof ProblemsError);
      assert.deepEqual(
        error.problems.map(({ location, message }) => `${location.line}: ${message}`),
        ['2: the record has no input', '3: input.messages is 5; expected a list'],
      );
      return true;
    });
  });

  it('stops at a line that is no record, and at broken JSON', async () => {
    await assert.rejects(importText('t.jsonl', '{"input":"x","expected":"y"}\n[1]\n'), /t.jsonl|not a map/);
    await assert.rejects(importText('t.jsonl', '{"input":"x","expected":\n'), FileError);
    await assert.rejects(
      importText('t.jsonl', '{"input":"x","__proto__":{},"expected":""}\n'),
      /not allowed/,
    );
  });

  it('names the line of a broken CSV file', async () => {
    const place = (text: string) =>
      importText('t.csv', text, 'inspect').then(
        () => 'read',
        (error: unknown) => {
          assert.ok(error instanceof FileError);
          return error.describe().split('\n')[0];
        },
      );
    assert.match((await place('input,target\na,b\nc\n')) ?? '', /^t.csv:3:1: invalid CSV/);
    assert.match((await place('input,target\n"a,b\n')) ?? '', /^t.csv:\d+:1: invalid CSV/);
    assert.match((await place('input,input\na,b\n')) ?? '', /two columns are named 'input'/);
    assert.match((await place('input,__proto__\na,b\n')) ?? '', /cannot be named __proto__/);
    assert.match((await place('input,\na,b\n')) ?? '', /column 2 has no name/);
    assert.match((await place('')) ?? '', /the file is empty/);
  });

  it('keeps a stray quote within a cell of CSV, but no quoted cell without its end', async () => {
    const rows =
      'input,target\nWhere are the "logs"?,{"answer": 1}\n"said ""hi""","a\nb"\n"""quoted""",x\n3" pipe,\n';
    const { cases } = await importText('t.csv', rows, 'inspect');
    assert.deepEqual(
      cases.map(({ input, expected_output }) => [input, expected_output?.answer]),
      [
        ['Where are the "logs"?', '{"answer":1}'],
        ['said "hi"', 'a\nb'],
        ['"quoted"', 'x'],
        ['3" pipe', undefined],
      ],
    );
    for (const rest of ['"a "b" c",x', '"a, b\nc,d'])
      await assert.rejects(importText('t.csv', `input,target\n3" pipe,x\n${rest}\n`, 'inspect'), FileError);
  });

  it('keeps a CSV cell that only looks like JSON, and counts an empty one as absent', async () => {
    const { cases } = await importText('t.csv', 'input,target,id\n[not json,{x},\n');
    assert.deepEqual(cases[0]?.input, '[not json');
    assert.deepEqual(cases[0]?.expected_output, { answer: '{x}' });
    assert.match(cases[0]?.id ?? '', /^not-json-[0-9a-f]{8}$/);
  });

  it('keeps ids, and makes the same ones from the same inputs in any order', async () => {
    const [a, b] = [
      { input: 'Where is it?', expected: '1' },
      { input: { q: 'When?' }, expected: '2' },
    ];
    const [first, second] = await ids(a, b);
    assert.match(first ?? '', /^where-is-it-[0-9a-f]{8}$/);
    assert.deepEqual(await ids(b, a), [second, first]);
    assert.deepEqual(await ids({ ...a, expected: 'changed' }), [first], 'the expectation is no part of it');
    assert.deepEqual(await ids({ id: 12, ...a }, { id: ' x ', ...b }), ['12', 'x']);
  });

  it('numbers repeated ids and inputs, never giving one twice', async () => {
    const same = { input: 'x', expected: '1' };
    const [first] = await ids(same);
    assert.deepEqual(await ids(same, same, same), [first, `${first}-2`, `${first}-3`]);
    assert.deepEqual(
      await ids({ id: 'a', ...same }, { id: 'a-2', ...same }, { id: 'a', ...same }, { id: 'a', ...same }),
      ['a', 'a-2', 'a-3', 'a-4'],
    );
    const long = await ids(
      { id: 'i'.repeat(300), ...same },
      { id: 'j'.repeat(256), ...same },
      { id: 'j'.repeat(256), ...same },
    );
    assert.ok(long.every((id) => id.length <= 256));
    assert.equal(new Set(long).size, 3);
  });

  it('does not lose metadata that is called like the format', async () => {
    const records = [
      { input: 'x', expected: '1', metadata: { autoevals: { a: 1 } }, extra: 2 },
      { input: 'y', expected: '1', metadata: { autoevals: 'text' }, extra: 3 },
    ];
    const { cases } = await importText('t.jsonl', lines(...records));
    assert.deepEqual(cases[0]?.metadata, { autoevals: { a: 1, extra: 2 } });
    assert.deepEqual(cases[1]?.metadata, { autoevals: 'text', 'autoevals-fields': { extra: 3 } });
  });
});
