import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { storePath } from '../../../../src/engine/store/storeFile.ts';
import { exportRun } from '../../../../src/engine/telemetry/otlp/otlpExport.ts';
import { readOtlpSettings } from '../../../../src/engine/telemetry/otlp/otlpSettings.ts';
import { readSpans } from '../../../../src/engine/telemetry/receiver/readSpans.ts';
import {
  type CollectorReply,
  type CollectorRequest,
  startCollector,
} from '../../../support/collectorServer.ts';
import { touchstone } from '../../../support/commandLine.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { countingRandom, manualClock } from '../../models/manualClock.ts';

const KEY = 'sk-collector-0123456789';

const WORKSPACE = {
  'touchstone.yaml': `suites:
  echo:
    dataset: cases.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }, { regex: '^the' }]
    repeat: 2
`,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: good, input: the refund }
  - { id: bad, input: the weather }
`,
};

/** 2 cases × 2 trials: per trial a span each for the trial and the call; per case a root; the run. */
const SPANS = 4 * 2 + 2 + 1;
/** Per trial, one event for each of 2 evaluators and one for the verdict; and one log line put in by hand. */
const EVENTS = 4 * 3;

describe('exportRun', () => {
  let store: RunStore;
  let runId: string;

  before(async () => {
    const folder = temporaryFolder(WORKSPACE);
    const { code } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 1);
    store = new RunStore(storePath(folder));
    runId = store.listRuns(1)[0]?.id ?? '';
    const traceId = store.resultsOfCase(runId, 'good')[0]?.traceId ?? '';
    const line = { timeMs: 1_700_000_000_000.25, message: 'looked it up', spanId: 'ab'.repeat(8), traceId };
    const logs = [{ ...line, level: 'warn' as const, fields: { table: 'orders', rows: 3, none: null } }];
    store.append(runId, { results: [], cases: [], spans: [], logs }, { now: 0, elapsedMs: 0 });
  });

  after(() => store.close());

  async function send(
    script: (request: CollectorRequest, index: number) => CollectorReply = () => ({}),
    more: { encoding?: 'json' | 'protobuf'; signal?: AbortSignal; path?: string } = {},
  ) {
    const collector = await startCollector(script);
    const clock = manualClock(5_000);
    const environment = fixedEnvironment({
      OTEL_EXPORTER_OTLP_PROTOCOL: more.encoding === 'json' ? 'http/json' : 'http/protobuf',
    });
    const headers = { authorization: `Bearer ${KEY}` };
    const settings = readOtlpSettings({ url: `${collector.url}${more.path ?? ''}`, headers }, environment);
    const signal = more.signal ?? new AbortController().signal;
    try {
      const random = countingRandom([0.5]);
      const outcome = await exportRun(runId, store, { settings, clock, random, signal });
      return { collector, outcome, clock };
    } finally {
      await collector[Symbol.asyncDispose]();
    }
  }

  for (const encoding of ['protobuf', 'json'] as const)
    it(`sends every span, log line and evaluation once, as ${encoding}`, async () => {
      const { collector, outcome } = await send(undefined, { encoding });
      assert.deepEqual(outcome, {
        spans: { accepted: SPANS, rejected: 0, messages: [], failure: null },
        logs: { accepted: EVENTS + 1, rejected: 0, messages: [], failure: null },
      });
      const spans = collector.spans();
      assert.equal(spans.length, SPANS);
      assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, SPANS);
      assert.equal(spans.filter(({ name }) => name === 'invoke_agent echo').length, 4);
      for (const { parentSpanId, traceId } of spans) {
        if (parentSpanId === '') continue;
        assert.ok(spans.some((span) => span.spanId === parentSpanId && span.traceId === traceId));
      }
      assert.deepEqual(
        collector.requests.map(({ path, headers }) => [
          path,
          headers['authorization'],
          headers['content-type'],
        ]),
        ['/v1/traces', '/v1/logs'].map((path) => [
          path,
          `Bearer ${KEY}`,
          encoding === 'json' ? 'application/json' : 'application/x-protobuf',
        ]),
      );
    });

  it('hangs each evaluation below the call that it speaks of', async () => {
    const { collector } = await send();
    const calls = new Set(
      collector.spans().flatMap(({ name, spanId }) => (name === 'invoke_agent echo' ? [spanId] : [])),
    );
    const events = collector.logs().filter(({ eventName }) => eventName === 'gen_ai.evaluation.result');
    assert.equal(events.length, EVENTS);
    assert.deepEqual(new Set(events.map(({ spanId }) => spanId)), calls);
  });

  it('writes times, severities, attributes and events as OTLP has them', async () => {
    const { collector } = await send(undefined, { encoding: 'json' });
    const [traces, logs] = collector.requests.map(({ body }) => JSON.parse(body.toString('utf8')));
    const read = readSpans(traces);
    assert.equal(read?.rejected, 0);
    const stored = store.listRuns(1).flatMap(({ id }) => store.traces.spans(store.runTraceId(id) ?? ''));
    assert.deepEqual(
      read?.records.find(({ spanId }) => spanId === stored[0]?.spanId),
      { ...stored[0], scope: 'touchstone' },
    );
    const records = logs.resourceLogs[0].scopeLogs[0].logRecords;
    const line = records.find((record: JsonObject) => record['severityText'] === 'WARN');
    assert.equal(line.timeUnixNano, '1700000000000250000');
    assert.equal(line.severityNumber, 13);
    assert.deepEqual(line.body, { stringValue: 'looked it up' });
    assert.deepEqual(line.attributes, [
      { key: 'table', value: { stringValue: 'orders' } },
      { key: 'rows', value: { intValue: 3 } },
    ]);
    const failed = records
      .filter((record: JsonObject) => record['eventName'] !== undefined)
      .map(({ attributes }: { attributes: { key: string; value: JsonObject }[] }) =>
        Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
      )
      .filter((entry: JsonObject) => entry['gen_ai.evaluation.score.label'] === 'fail');
    assert.equal(failed.length, 4);
    assert.deepEqual(failed[0], {
      'gen_ai.evaluation.name': 'contains',
      'gen_ai.evaluation.score.value': 0,
      'gen_ai.evaluation.score.label': 'fail',
      'gen_ai.evaluation.explanation': 'does not contain "refund"',
      'touchstone.evaluation.type': 'contains',
      'touchstone.evaluation.stage': 'heuristic',
      'touchstone.run.id': runId,
      'touchstone.case.id': 'bad',
      'touchstone.target.name': 'echo',
      'touchstone.trial': 0,
    });
  });

  it('waits as long as 429 asks, and sends the batch again', async () => {
    const { outcome, clock, collector } = await send((_request, index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '3' } } : {},
    );
    assert.deepEqual(clock.sleeps, [3_000]);
    assert.equal(outcome.spans.accepted, SPANS);
    assert.equal(collector.spans().length, SPANS);
  });

  it('tries 503 and a cut connection again, four times at most, and then leaves that kind alone', async () => {
    for (const reply of [{ status: 503 }, { destroy: true }]) {
      const { outcome, clock, collector } = await send(({ path }) => (path === '/v1/traces' ? reply : {}));
      assert.match(outcome.spans.failure ?? '', /\(after 4 attempts\)$/);
      assert.equal(outcome.spans.accepted, 0);
      assert.deepEqual(clock.sleeps, [250, 500, 1000]);
      assert.equal(outcome.logs.failure, null);
      assert.equal(collector.requests.filter(({ path }) => path === '/v1/traces').length, 4);
    }
  });

  it('does not wait longer than a minute', async () => {
    const { outcome, clock } = await send(() => ({ status: 429, headers: { 'retry-after': '600' } }));
    assert.equal(outcome.spans.failure, 'HTTP 429 (it asks to wait 600 s, which is too long)');
    assert.deepEqual(clock.sleeps, []);
  });

  it('does not try again what the collector refuses for good, and never shows the key', async () => {
    for (const status of [400, 401, 403, 404, 500]) {
      const body = `no such key: Bearer ${KEY}\n\u001b[31m`;
      const reply = { status, body, headers: { 'content-type': 'text/plain' } };
      const { outcome, collector } = await send(() => reply);
      assert.equal(collector.requests.length, 2);
      assert.match(outcome.spans.failure ?? '', new RegExp(`^HTTP ${status}: no such key: \\[key\\]`));
      assert.doesNotMatch(JSON.stringify(outcome), new RegExp(KEY));
    }
  });

  it('shows no part of the key where what the collector says is cut', async () => {
    const body = `${'.'.repeat(190)} ${KEY}`;
    const refused = await send(() => ({ status: 400, body, headers: { 'content-type': 'text/plain' } }));
    assert.doesNotMatch(JSON.stringify(refused.outcome), /sk-coll/);
    const partial = JSON.stringify({ partialSuccess: { rejectedSpans: 1, errorMessage: body } });
    const taken = await send(() => ({ body: partial }), { encoding: 'json' });
    assert.equal(taken.outcome.spans.rejected, 1);
    assert.doesNotMatch(JSON.stringify(taken.outcome), /sk-coll/);
  });

  it('does not carry its headers along a redirect', async () => {
    await using elsewhere = await startCollector();
    const reply = { status: 307, headers: { location: `${elsewhere.url}/v1/traces` } };
    const { outcome } = await send(() => reply);
    assert.match(outcome.spans.failure ?? '', /^HTTP 307: it redirects, which is not followed$/);
    assert.equal(elsewhere.requests.length, 0);
  });

  it('tells of a partial success in both encodings', async () => {
    const rejected = Uint8Array.from([0x0a, 0x09, 0x08, 0x02, 0x12, 0x05, ...Buffer.from('too o')]);
    const { outcome } = await send(({ path }) => (path === '/v1/traces' ? { body: rejected } : {}));
    assert.deepEqual(outcome.spans, {
      accepted: SPANS - 2,
      rejected: 2,
      messages: ['too o'],
      failure: null,
    });
    const json = '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}';
    const second = await send(({ path }) => (path === '/v1/logs' ? { body: json } : {}), {
      encoding: 'json',
    });
    assert.deepEqual(second.outcome.logs, {
      accepted: EVENTS + 1 - 3,
      rejected: 3,
      messages: ['too old'],
      failure: null,
    });
  });

  it('takes a 200 for a delivery whatever stands in it', async () => {
    const { outcome } = await send(() => ({ body: '<html>ok</html>' }), { encoding: 'json' });
    assert.equal(outcome.spans.accepted, SPANS);
  });

  it('sends a batch in halves that is too long for the collector', async () => {
    const limit = 1_500;
    const { outcome, collector } = await send(({ body }) => (body.length > limit ? { status: 413 } : {}));
    assert.equal(outcome.spans.accepted, SPANS);
    assert.equal(outcome.logs.accepted, EVENTS + 1);
    assert.equal(new Set(collector.spans().map(({ spanId }) => spanId)).size, SPANS);
    assert.ok(collector.requests.filter(({ body }) => body.length <= limit).length > 4);
  });

  it('stops at once when it is told to', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const sending = send(
      () => {
        stop.abort(reason);
        return { hang: true };
      },
      { signal: stop.signal },
    );
    await assert.rejects(sending, (error) => error === reason);
  });

  it('appends the signal to the path of the address, once', async () => {
    for (const path of ['/otel', '/otel/', '/otel/v1/traces']) {
      const { collector } = await send(undefined, { path });
      assert.deepEqual(
        collector.requests.map((request) => request.path),
        ['/otel/v1/traces', '/otel/v1/logs'],
      );
    }
  });
});
