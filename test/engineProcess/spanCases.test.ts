import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import type { TextEdit } from '../../src/protocol/datasetCalls.ts';
import { otlpCaptures } from '../support/otlpCaptures.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
# kept
test_cases:
  - id: first
    input: Where is my order?
`;
const SECRET = `sk-${'a1B2c3D4e5F6'.repeat(3)}`;

function chat(traceId: string, asked: string, answered: string): SpanRecord {
  const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
  return {
    ...{ traceId, spanId: '1', parentSpanId: null, name: 'chat m', kind: 'client', startMs: 1, endMs: 2 },
    ...{ status: 'unset', events: [], links: [], service: 'support' },
    attributes: {
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', 'gen_ai.conversation.id': 's1' },
      'gen_ai.input.messages': JSON.stringify([text('system', 'Be kind.'), text('user', asked)]),
      'gen_ai.output.messages': JSON.stringify([text('assistant', answered)]),
    },
  };
}

async function open(...spans: SpanRecord[]): Promise<{ window: TestWindow; file: string }> {
  const folder = temporaryFolder({ 'a.golden.yaml': DATASET });
  const store = new TraceStore(traceStorePath(folder));
  store.append(spans, []);
  store.sumUp();
  store.close();
  return { window: await TestWindow.open(folder), file: `${folder}/a.golden.yaml` };
}

function applied(text: string, edits: TextEdit[]): string {
  const lines = text.split('\n');
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return edits.reduceRight(
    (after, edit) =>
      after.slice(0, offset(edit.line, edit.column)) +
      edit.text +
      after.slice(offset(edit.endLine, edit.endColumn)),
    text,
  );
}

describe('cases from traces', () => {
  it('are what went in and what came out, with their origin; what must not be written is found and replaced', async () => {
    const asked = `I am jane.doe@example.com, my key is ${SECRET}. Refund?`;
    const { window, file } = await open(chat('a', asked, 'Done, jane.doe@example.com.'));
    await using _ = window;
    const { cases, empty } = await window.call('traces/cases', { spans: [{ traceId: 'a', spanId: null }] });
    assert.deepEqual(empty, []);
    const [made] = cases;
    assert.equal(made?.case.input, asked);
    assert.deepEqual(made?.case.expected_output, { answer: 'Done, jane.doe@example.com.' });
    assert.deepEqual(made?.case.metadata, { trace_id: 'a', session: 's1', service: 'support' });
    const values = made?.findings.map(({ value }) => value) ?? [];
    assert.ok(values.includes('jane.doe@example.com') && values.includes(SECRET), values.join());

    const drafts = cases.map((one) => one.case);
    const { added, edits } = await window.call('traces/addCases', {
      ...{ path: file, text: DATASET, cases: drafts },
      redact: made?.findings ?? [],
    });
    assert.equal(added, 1);
    const written = edits.map(({ text }) => text).join('');
    assert.ok(!written.includes('jane.doe') && !written.includes(SECRET), written);
    assert.match(written, /\[e-mail address\]/);
    assert.match(written, /trace_id: a/);
  });

  it('are one where their input is the same, also as one that is there already', async () => {
    const { window, file } = await open(chat('a', 'Refund?', 'Yes.'), chat('b', 'Refund?', 'No.'));
    await using _ = window;
    const spans = [
      { traceId: 'a', spanId: null },
      { traceId: 'b', spanId: '1' },
    ];
    const { cases } = await window.call('traces/cases', { spans });
    const drafts = cases.map((one) => one.case);
    const asked = { path: file, text: DATASET, cases: drafts, redact: [] };
    const { added, edits } = await window.call('traces/addCases', asked);
    assert.equal(added, 1);
    const text = applied(DATASET, edits);
    const again = await window.call('traces/addCases', { ...asked, text });
    assert.equal(again.added, 0);
    assert.equal(again.duplicates.length, 1);
  });

  it('come out of every capture whose agent sends what was asked', async () => {
    const captures = otlpCaptures();
    const { window } = await open(...captures.flatMap(({ spans }) => spans));
    await using _ = window;
    const silent: string[] = [];
    for (const { name, spans, logs } of captures) {
      const [first] = spans;
      if (!first || logs.length > 0) continue;
      const asked = { spans: [{ traceId: first.traceId, spanId: null }] };
      const { cases } = await window.call('traces/cases', asked);
      const text = JSON.stringify(cases[0]?.case.input ?? cases[0]?.case.messages ?? null);
      if (!/A1001|A9999/.test(text)) silent.push(`${name}: ${text.slice(0, 80)}`);
    }
    assert.deepEqual(silent, []);
  });

  it('lose all of a private key, and a session that is named after a person', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----';
    const span = chat('a', `Deploy with "${key}" please`, 'Done.');
    span.attributes['gen_ai.conversation.id'] = 'jane.doe@example.com';
    const { window, file } = await open(span);
    await using _ = window;
    const { cases } = await window.call('traces/cases', { spans: [{ traceId: 'a', spanId: null }] });
    const drafts = cases.map((one) => one.case);
    const redact = cases.flatMap(({ findings }) => findings);
    const { edits } = await window.call('traces/addCases', {
      path: file,
      text: DATASET,
      cases: drafts,
      redact,
    });
    const written = edits.map(({ text }) => text).join('');
    assert.ok(!/MIIE|PRIVATE|jane/.test(written), written);
  });

  it('of a span that says nothing are none, and it is named', async () => {
    const { window } = await open({ ...chat('a', '', ''), attributes: {}, name: 'GET /' });
    await using _ = window;
    const { cases, empty } = await window.call('traces/cases', { spans: [{ traceId: 'a', spanId: null }] });
    assert.deepEqual([cases, empty], [[], ['GET /']]);
  });
});

describe('two traces', () => {
  it('are compared step by step', async () => {
    const { window } = await open(chat('a', 'Refund?', 'Yes.'), chat('b', 'Refund?', 'No.'));
    await using _ = window;
    const { comparison } = await window.call('traces/compare', { before: 'a', after: 'b' });
    assert.equal(comparison?.firstDivergence, 0);
    assert.match(comparison?.steps[0]?.before?.result ?? '', /Yes/);
    assert.match(comparison?.steps[0]?.after?.result ?? '', /No/);
    assert.equal((await window.call('traces/compare', { before: 'a', after: 'z' })).comparison, null);
  });
});
