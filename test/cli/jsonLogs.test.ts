import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const AGENT = path.join(import.meta.dirname, '..', 'fixtures', 'agents', 'logging.mjs');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

const AT = Date.now();

function request(name: string): string {
  const time = `${AT}000000`;
  const span = { traceId: TRACE, spanId: SPAN, name, startTimeUnixNano: time, endTimeUnixNano: time };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

const decimal = (hex: string): string => BigInt(`0x${hex}`).toString();

describe('log lines in JSON', function () {
  this.timeout(60_000);

  it('on an agent’s output stand at their spans, in whatever form their ids are', async () => {
    const folder = temporaryFolder();
    const forms = ['snake', 'otel', 'datadog', 'unknown'];
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      `suites:
  s:
    dataset: d.golden.yaml
    targets: [{ name: agent, command: [node, ${JSON.stringify(AGENT)}], env: { AGENT_KEY: "\${env:AGENT_KEY}" } }]
    evaluators: [contains: done]
`,
    );
    writeFileSync(
      path.join(folder, 'd.golden.yaml'),
      `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${forms.map((form) => `  - { id: ${form}, input: ${form} }\n`).join('')}`,
    );
    process.env['AGENT_KEY'] = 'canary-4f9d2b7c81';
    try {
      await touchstone(folder, 'eval', '--no-progress', '-o', 'run.json');
    } finally {
      delete process.env['AGENT_KEY'];
    }

    const [run] = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).runs;
    for (const { case_id: form, trace_id: id, status } of run.results) {
      assert.equal(status, 'passed');
      const { out } = await touchstone(folder, 'traces', 'show', id);
      const lines = out.split('\n');
      const own = lines.findIndex((line) => line.includes('think'));
      const call = lines.findIndex((line) => line.includes('invoke_agent'));
      const at = (text: string): number => lines.findIndex((line) => line.includes(text));
      const placed = form === 'unknown' ? at('looked it up') < own : at('looked it up') > own;
      assert.ok(placed && at('looked it up') > call, `${form}\n${out}`);
      assert.match(out, /warn looked it up/, form);
      assert.match(out, /error on the other stream/, form);
      // What was sent as well stands there once.
      assert.equal(out.match(/sent as well/g)?.length, form === 'unknown' ? 2 : 1, `${form}\n${out}`);
      assert.doesNotMatch(out, /plain words|of no span/, form);

      const { out: json } = await touchstone(folder, 'traces', 'show', id, '--json');
      assert.ok(!json.includes('canary-4f9d2b7c81'));
      assert.ok(json.includes('[key]'));
    }
  });

  it('in a file are imported, before their spans or after them, and again without a change', async () => {
    const folder = temporaryFolder({
      'spans.json': request('think'),
      'agent.log': [
        '[INFO] starting up',
        JSON.stringify({ time: AT, level: 40, msg: 'slow answer', trace_id: TRACE, span_id: SPAN }),
        JSON.stringify({ level: 30, msg: 'without a time', trace_id: TRACE, span_id: SPAN }),
        JSON.stringify({ time: AT, level: 30, msg: 'of no trace' }),
        JSON.stringify({ time: AT, level: 30, msg: 'of no span', trace_id: TRACE }),
        '  at somewhere (file.js:1)',
        '',
      ].join('\n'),
    });
    const first = await touchstone(folder, 'traces', 'import', 'agent.log');
    assert.deepEqual([first.code, first.err], [0, '']);
    assert.equal(first.out, 'agent.log: 3 log records, 3 lines of no trace left out');
    await touchstone(folder, 'traces', 'import', 'spans.json');
    const again = await touchstone(folder, 'traces', 'import', 'agent.log', '--json');
    assert.deepEqual(JSON.parse(again.out).files, [
      { path: 'agent.log', spans: 0, logs: 0, duplicates: 3, rejected: 0, unplaced: 3, problems: [] },
    ]);

    const { out } = await touchstone(folder, 'traces', 'show', TRACE);
    assert.match(out, /think.*\n +warn slow answer\n +info without a time\n +info of no span/);
  });

  it('are read in a time that grows with the file, however short they are, and show no trace without spans', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `word ${at}`);
    lines.push(JSON.stringify({ time: AT, level: 30, msg: 'hello', trace_id: TRACE }));
    const folder = temporaryFolder({ 'long.log': lines.join('\n') });
    const { out } = await touchstone(folder, 'traces', 'import', 'long.log');
    assert.equal(out, 'long.log: 1 log record, 100,000 lines of no trace left out');
    const shown = await touchstone(folder, 'traces', 'show', TRACE);
    assert.equal(shown.code, 2);
    assert.match(shown.err, /of trace 0af7651916cd43dd8448eb211c80319c, 1 log line is stored, and no span/);
  });

  it('with ids of 64 bits find the trace that ends so', async () => {
    const dd = { trace_id: decimal(TRACE.slice(16)), span_id: decimal(SPAN) };
    const folder = temporaryFolder({
      'spans.json': request('think'),
      'dd.log': JSON.stringify({ timestamp: AT, level: 'error', message: 'Datadog’s', dd }),
    });
    await touchstone(folder, 'traces', 'import', 'spans.json');
    assert.equal((await touchstone(folder, 'traces', 'import', 'dd.log')).out, 'dd.log: 1 log record');
    assert.match((await touchstone(folder, 'traces', 'show', TRACE)).out, /think.*\n +error Datadog’s/);
  });

  it('that name no trace, or no time, are said to', async () => {
    const folder = temporaryFolder({
      'none.log': `${JSON.stringify({ level: 30, msg: 'hello' })}\nwords\n`,
      'bracket.log': '[INFO] words\n[WARN] more\n',
      'timeless.log': JSON.stringify({ level: 30, msg: 'hello', trace_id: TRACE }),
    });
    const { err: timeless } = await touchstone(folder, 'traces', 'import', 'timeless.log');
    assert.match(timeless, /timeless\.log:1: the line does not say when it was written/);
    for (const name of ['none.log', 'bracket.log']) {
      const { code, err } = await touchstone(folder, 'traces', 'import', name);
      assert.equal(code, 2, name);
      assert.match(err, /no line of the file names a trace/, name);
    }
  });
});
