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

function request(question: string): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    name: 'support',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 1}000000`,
    attributes: [
      text('openinference.span.kind', 'AGENT'),
      text('input.value', question),
      text('output.value', 'It was sent.'),
    ],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

async function workspace(question: string) {
  const folder = temporaryFolder({ 'datasets/a.golden.yaml': DATASET, 'spans.json': request(question) });
  await touchstone(folder, 'traces', 'import', 'spans.json');
  const add = (...options: string[]) =>
    touchstone(folder, 'traces', 'add', TRACE.slice(0, 8), '--to', 'datasets/a.golden.yaml', ...options);
  return { add, dataset: () => readFileSync(path.join(folder, 'datasets/a.golden.yaml'), 'utf8') };
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
