import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { readSpans } from '../../src/engine/telemetry/receiver/readSpans.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { touchstone } from '../support/commandLine.ts';
import { leaseOf } from '../support/servicesLease.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');
const CAPTURES = path.join(FIXTURES, 'otlp');
const AGENT = path.join(FIXTURES, 'agents', 'tracing.mjs');

/** Each framework as it really traces itself: one call of each tool, 226 tokens in and 52 out. */
const FRAMEWORKS = [
  'ai-5.0.277',
  'ai-6.0.326',
  'ai-7.0.173-legacy-otel-1.0.173',
  'ai-7.0.173-otel-1.0.173',
  'genkit-1.42.0',
  'langchain-1.5.14-langgraph-1.7.3-openinference-4.1.1',
  'mastra-core-1.71.0-otel-exporter-1.4.0',
  'openai-6.49.0-opentelemetry-instrumentation-0.22.0',
  'openai-7.59.0-openinference-4.2.7',
  'openai-7.59.0-traceloop-0.27.0',
];

/** By the table of prices, for gpt-5-mini. */
const COST_USD = (226 * 0.25 + 52 * 2) / 1e6;

interface Entry {
  case_id: string;
  status: string;
  trace_id: string;
  output: {
    text: string;
    status: string;
    tool_calls: { name: string; arguments: object }[];
    steps: { type: string }[];
    usage: { input_tokens: number; output_tokens: number } | null;
    model: string | null;
    cost_usd: number | null;
    from_trace?: string[];
    warnings?: string[];
  };
}

describe('agents that trace themselves', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  function workspace(target: string, inputs: readonly string[], evaluators = '[contains: http]'): void {
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      `suites:\n  s:\n    dataset: d.golden.yaml\n    targets: [${target}]\n    evaluators: ${evaluators}\n`,
    );
    const calls = '[{ name: lookup_order, arguments: { order_id: A1001 } }, { name: get_refund_policy }]';
    const cases = inputs.map(
      (input) =>
        `  - { id: "${path.basename(input)}", input: ${JSON.stringify(input)}, expected_output: { tool_calls: ${calls} } }\n`,
    );
    writeFileSync(
      path.join(folder, 'd.golden.yaml'),
      `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('')}`,
    );
  }

  function command(more = ''): string {
    return `{ name: agent, command: [node, ${JSON.stringify(AGENT)}]${more} }`;
  }

  /** A capture without its ending. The log records of one were captured apart, with other ids. */
  function playable(name: string): string {
    const file = path.join(CAPTURES, name);
    if (!existsSync(`${file}.logs.jsonl`)) return file;

    const spans = readFileSync(`${file}.json`, 'utf8');
    const ids = [...spans.matchAll(/"spanId": *"([0-9a-f]{16})"/g)].map(([, id = '']) => id);
    let logs = readFileSync(`${file}.logs.jsonl`, 'utf8');
    const others = new Set([...logs.matchAll(/"spanId": *"([0-9a-f]{16})"/g)].map(([, id = '']) => id));
    for (const [index, id] of [...others].entries()) logs = logs.replaceAll(id, ids[index] ?? id);
    writeFileSync(path.join(folder, `${name}.json`), spans);
    writeFileSync(path.join(folder, `${name}.logs.jsonl`), logs);
    return path.join(folder, name);
  }

  async function evaluated(...argv: string[]): Promise<Map<string, Entry>> {
    const { err } = await touchstone(folder, 'eval', '--no-progress', '-o', 'run.json', ...argv);
    const [run] = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).runs;
    assert.ok(run, err);
    return new Map(run.results.map((entry: Entry) => [entry.case_id, entry]));
  }

  it('are evaluated by what their traces show, whatever the framework', async () => {
    workspace(
      command(),
      FRAMEWORKS.map((name) => playable(name)),
      '[contains: "http://127.0.0.1:", tool-call-f1: { min: 1 }, cost: { max_usd: 0.001 }]',
    );
    const entries = await evaluated('--record', 'rec');
    for (const name of FRAMEWORKS) {
      const { status, output } = entries.get(name) ?? assert.fail(name);
      assert.equal(status, 'passed', `${name} ${JSON.stringify(output)}`);
      assert.deepEqual(
        output.tool_calls.map((call) => call.name),
        ['lookup_order', 'get_refund_policy'],
        name,
      );
      assert.deepEqual(output.tool_calls[0]?.arguments, { order_id: 'A1001' }, name);
      assert.equal(output.usage?.input_tokens, 226, name);
      assert.equal(output.usage?.output_tokens, 52, name);
      assert.ok((output.cost_usd ?? 0) > 0, name);
      // Others read a part of it from a cache, which costs less.
      if (name === 'ai-5.0.277')
        assert.ok(Math.abs((output.cost_usd ?? 0) - COST_USD) < 1e-9, `${name} ${output.cost_usd}`);
      assert.ok(output.steps.filter(({ type }) => type === 'model').length === 3, name);
      assert.deepEqual(output.from_trace, ['steps', 'tool_calls', 'usage', 'model', 'cost_usd'], name);
    }

    const { out } = await touchstone(folder, 'show', '--case', 'genkit-1.42.0');
    assert.match(out, /from its trace steps, tool calls, tokens, model, cost/);
    // An id that the framework gave leads to the case.
    const own = capturedTraceId('genkit-1.42.0');
    const shown = await touchstone(folder, 'traces', 'show', own);
    assert.match(shown.out, /^case genkit-1\.42\.0 at agent/);
    assert.match(shown.out, /invoke_agent agent[^\n]*\n +└─ support \[support-genkit\]/);

    const again = await evaluated('--replay', 'rec');
    assert.deepEqual(again.get('genkit-1.42.0')?.output.from_trace?.length, 5);
    assert.equal(again.get('genkit-1.42.0')?.status, 'passed');
  });

  it('keep what had come when they crash or take too long, and what comes late is shown', async () => {
    const capture = path.join(CAPTURES, 'ai-7.0.173-otel-1.0.173');
    workspace(command(', timeout_ms: 2000'), [`${capture} crash`, `${capture} late`, `${capture} hang`]);
    const entries = await evaluated();
    for (const doing of ['crash', 'hang']) {
      const { output } = entries.get(`${path.basename(capture)} ${doing}`) ?? assert.fail(doing);
      assert.equal(output.status, 'error');
      assert.equal(output.usage?.input_tokens, 226);
      assert.equal(output.tool_calls.length, 2);
    }

    const late = entries.get(`${path.basename(capture)} late`) ?? assert.fail('late');
    assert.equal(late.output.usage, null);
    const { out } = await touchstone(folder, 'traces', 'show', late.trace_id);
    assert.match(out, /\d+ spans of the agent came after the call was over: not evaluated/);
    assert.match(out, /execute_tool lookup_order/);
  });

  it('keep an endpoint of their own, and it is said once', async () => {
    workspace(command(', env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9/mine" }'), ['a', 'b']);
    const entries = await evaluated();
    const [first, second] = [entries.get('a'), entries.get('b')];
    const said = await Promise.all(
      [first, second].map(async (entry) => {
        const { out } = await touchstone(folder, 'traces', 'show', entry?.trace_id ?? '');
        return /the agent sends its spans to http:\/\/127\.0\.0\.1:9\/mine/.test(out);
      }),
    );
    assert.deepEqual(said.sort(), [false, true]);
  });

  it('behind a URL send them to the endpoint of the call, or to the receiver of the workspace', async () => {
    const capture = JSON.parse(readFileSync(path.join(CAPTURES, 'ai-7.0.173-otel-1.0.173.json'), 'utf8'));
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const endpoint = String(request.headers['touchstone-otlp-endpoint']);
      const [, traceId = '', parentId = ''] = String(request.headers.traceparent).split('-');
      if (JSON.parse(body).input === 'endpoint')
        await fetch(`${endpoint}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(capture),
        });
      // Its exporter sends a while after the answer, as exporters do.
      else
        setTimeout(() => {
          const spans = readSpans(capture)?.records ?? [];
          const store = new TraceStore(traceStorePath(folder));
          const ids = new Set(spans.map(({ spanId }) => spanId));
          const own = spans.map((span) => ({
            ...span,
            traceId,
            parentSpanId: ids.has(span.parentSpanId ?? '') ? span.parentSpanId : parentId,
          }));
          store.append(own, []);
          store.close();
        }, 300);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ output: 'http' }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });

    try {
      // The receiver of the workspace is there, and has received something.
      const store = new TraceStore(traceStorePath(folder));
      store.append(readSpans(capture)?.records ?? [], []);
      store.close();
      leaseOf(folder);
      const { port } = server.address() as AddressInfo;
      workspace(`{ name: agent, http: "http://127.0.0.1:${port}/" }`, ['endpoint', 'receiver']);
      const entries = await evaluated();
      for (const name of ['endpoint', 'receiver']) {
        const { output, status } = entries.get(name) ?? assert.fail(name);
        assert.equal(status, 'passed', JSON.stringify(output));
        assert.equal(output.usage?.input_tokens, 226, name);
        assert.equal(output.tool_calls.length, 2, name);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

function capturedTraceId(name: string): string {
  const document = JSON.parse(readFileSync(path.join(CAPTURES, `${name}.json`), 'utf8'));
  return readSpans(document)?.records[0]?.traceId ?? '';
}
