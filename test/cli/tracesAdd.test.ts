import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const DATASET = `# Ours.
schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: first
    input: Hello
`;

function request(question: string | object): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    name: 'support',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 1}000000`,
    attributes: [
      text('openinference.span.kind', 'AGENT'),
      { key: 'input.value', value: typeof question === 'string' ? { stringValue: question } : question },
      text('output.value', 'It was sent.'),
    ],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

async function workspace(question: string | object) {
  const folder = temporaryFolder({ 'datasets/a.golden.yaml': DATASET, 'spans.json': request(question) });
  await touchstone(folder, 'traces', 'import', 'spans.json');
  const add = (...options: string[]) =>
    touchstone(folder, 'traces', 'add', TRACE.slice(0, 8), '--to', 'datasets/a.golden.yaml', ...options);
  return { add, folder, dataset: () => readFileSync(path.join(folder, 'datasets/a.golden.yaml'), 'utf8') };
}

describe('touchstone traces add', () => {
  it('adds a trace as a case, once, and leaves the rest of the file alone', async () => {
    const { add, dataset } = await workspace('Where is A1?');
    const { code, out } = await add();
    assert.deepEqual([code, out], [0, 'datasets/a.golden.yaml: 1 case added']);
    assert.ok(dataset().startsWith('# Ours.\nschema_version: 2.0.0\nversion: 1.1.0\n'));
    assert.match(dataset(), /input: Where is A1\?/);
    assert.match(dataset(), new RegExp(`trace_id: ${TRACE}`));

    const before = dataset();
    const again = await add();
    assert.match(again.err, /asks the same; it stays as it is/);
    assert.equal(dataset(), before);
  });

  it('writes no secret or personal data before it was looked at', async () => {
    const { add, dataset } = await workspace('I am jane.doe@acme.org, where is A1?');
    const refused = await add();
    assert.equal(refused.code, 2);
    assert.match(refused.err, /input: e-mail address ja…/);
    assert.match(refused.err, /--redact/);
    assert.equal(dataset(), DATASET);
    assert.ok(!refused.err.includes('jane.doe'));

    assert.equal((await add('--redact')).code, 0);
    assert.match(dataset(), /I am \[e-mail address\], where is A1\?/);
    assert.equal((await add('--keep')).code, 0);
    assert.match(dataset(), /I am jane\.doe@acme\.org/);
  });

  for (const [what, value, written] of [
    ['a truth value', { boolValue: true }, 'input: "true"'],
    ['a number', { intValue: '7' }, 'input: "7"'],
    ['nothing but zero', { doubleValue: 0 }, 'input: "0"'],
    ['a long number', { intValue: '1234567890123456789' }, 'input: "1234567890123456789"'],
    ['a list', { stringValue: '[1,2]' }, 'input: "[1,2]"'],
    ['half a character', { stringValue: 'cut \ud83d' }, 'input: cut \ufffd'],
    ['a control character', { stringValue: 'nul \u0000 here' }, 'input: "nul \\0 here"'],
  ] as const)
    it(`takes ${what} as text`, async () => {
      const { add, dataset } = await workspace(value);
      const { code, err } = await add();
      assert.equal(code, 0, err);
      assert.ok(dataset().includes(written), dataset());
      assert.match((await add()).err, /asks the same/);
    });

  it('finds what is in the keys of its input, and shows none of it', async () => {
    const { add, dataset } = await workspace('{"jane.doe@acme.org": "jane.doe@acme.org", "joe@acme.org": 1}');
    const refused = await add();
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^key of input: e-mail address ja…\ninput\.ja…: e-mail address ja…/);
    assert.ok(!/acme/.test(refused.err));
    assert.equal((await add('--redact')).code, 0);
    assert.ok(!/acme/.test(dataset()), dataset());
  });

  for (const name of ['new.golden.yaml', 'new.golden.json', 'new.golden.jsonl'])
    it(`begins ${name} where there is none, or an empty file`, async () => {
      const { add, folder } = await workspace('Where is A1?');
      writeFileSync(path.join(folder, 'empty.golden.yaml'), '');
      for (const file of [name, 'empty.golden.yaml']) {
        const { code, out } = await add('--to', file);
        assert.deepEqual([code, out], [0, `${file}: 1 case added to a new dataset`]);
        assert.match((await add('--to', file)).err, /asks the same/);
        assert.equal((await touchstone(folder, 'validate', file)).code, 0);
      }
      assert.equal((await add('--to', 'missing/new.golden.yaml')).code, 2);
      assert.equal((await add('--to', 'new.txt')).code, 2);
    });

  it('says where nothing was recorded, or no trace is meant', async () => {
    const { add } = await workspace('');
    assert.equal((await add('--redact', '--keep')).code, 2);
    const folder = temporaryFolder({ 'a.golden.yaml': DATASET });
    writeFileSync(path.join(folder, 'x'), '');
    const { code, err } = await touchstone(folder, 'traces', 'add', 'abc', '--to', 'a.golden.yaml');
    assert.equal(code, 2);
    assert.match(err, /there is no trace abc/);
  });
});
