import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { noLog, noSpan, type Random, systemClock } from '../../../../src/engine/ports.ts';
import { adoptSpans } from '../../../../src/engine/runs/agentSpans/adoptSpans.ts';
import { AgentSpans } from '../../../../src/engine/runs/agentSpans/agentSpans.ts';

const call = { ...noSpan, traceId: 'c'.repeat(32), spanId: '0000000000000003' };
const over = { elsewhere: false, signal: new AbortController().signal };

function sent(count: number, { traceId = 'a'.repeat(32), first = 1 } = {}) {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId,
    spanId: `b${(first + index).toString(16).padStart(15, '0')}`,
    name: `step ${index}`,
    startTimeUnixNano: '1000000',
    endTimeUnixNano: '2000000',
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

function post(url: string, body: string, headers: { [name: string]: string } = {}): Promise<Response> {
  return fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('spans that agents send', () => {
  let open: AgentSpans[];
  let accepted: SpanRecord[];
  let told: string[];
  let drawn: number;

  const random: Random = {
    next: () => 0.5,
    hex: (bytes) => {
      drawn += 1;
      return drawn.toString(16).padStart(bytes * 2, '0');
    },
  };

  beforeEach(() => {
    open = [];
    accepted = [];
    told = [];
    drawn = 0;
  });
  afterEach(async () => {
    await Promise.all(open.map((spans) => spans.close()));
  });

  function agentSpans(trusted = true): AgentSpans {
    const tracer = {
      root: () => noSpan,
      accept: ({ spans }: { spans: readonly SpanRecord[] }) => void accepted.push(...spans),
    };
    const spans = new AgentSpans({ tracer, clock: systemClock, log: noLog, ports: { random, trusted } });
    open.push(spans);
    return spans;
  }

  function begin(spans: AgentSpans) {
    const span = { ...call, log: (_level: string, message: string) => void told.push(message) };
    return spans.open({ span, target: 'agent', redactor: undefined });
  }

  it('start nothing where nobody asks for an endpoint, and nothing where programs may not be run', async () => {
    const trusted = begin(agentSpans());
    assert.equal(await trusted.close(over), null);
    assert.equal(drawn, 0);

    const untrusted = begin(agentSpans(false));
    assert.equal(await untrusted.endpoint(), undefined);
    assert.equal(drawn, 0);
  });

  it('belong to the call at whose path they come, each once, and not to another', async () => {
    const spans = agentSpans();
    const [first, second] = [begin(spans), begin(spans)];
    const [one = '', two = ''] = await Promise.all([first.endpoint(), second.endpoint()]);
    assert.notEqual(one, two);

    for (let times = 0; times < 2; times += 1) assert.equal((await post(one, sent(2))).status, 200);
    assert.equal((await post(two, sent(1, { first: 9 }))).status, 200);
    await first.close(over);
    assert.deepEqual(
      accepted.map(({ traceId, parentSpanId, name }) => [traceId, parentSpanId, name]),
      [
        [call.traceId, call.spanId, 'step 0'],
        [call.traceId, call.spanId, 'step 1'],
      ],
    );
    assert.equal(accepted[0]?.attributes['touchstone.origin.trace_id'], 'a'.repeat(32));
    await second.close(over);
    assert.equal(accepted.length, 3);
  });

  it('are refused at any other path, and from a page', async () => {
    const url = (await begin(agentSpans()).endpoint()) ?? '';
    const origin = new URL(url).origin;
    assert.equal((await post(origin, sent(1))).status, 404);
    assert.equal((await post(`${origin}/${'0'.repeat(32)}`, sent(1))).status, 404);
    assert.equal((await post(url, sent(1), { origin: 'https://evil.example' })).status, 403);
    assert.equal((await post(url, sent(1), { 'content-type': 'text/plain' })).status, 415);
  });

  it('have a limit, and what is left out is said', async () => {
    const traces = begin(agentSpans());
    const url = (await traces.endpoint()) ?? '';
    for (const first of [0, 6_000]) assert.equal((await post(url, sent(6_000, { first }))).status, 200);
    await traces.close(over);
    assert.equal(accepted.length, 10_000);
    assert.match(told.join(), /more than 10,000 spans: 2000 left out/);
  });

  it('are shown and said to be late once the call is over', async () => {
    const traces = begin(agentSpans());
    const url = (await traces.endpoint()) ?? '';
    assert.equal(await traces.close(over), null);
    await post(url, sent(2));
    assert.equal(accepted.length, 2);
    assert.deepEqual(told, ['2 spans of the agent came after the call was over: not evaluated']);
  });

  it('never stand for a span of ours, and lose no parent', () => {
    const span = (spanId: string, parentSpanId: string | null): SpanRecord => ({
      ...{
        traceId: call.traceId,
        spanId,
        parentSpanId,
        name: spanId,
        kind: 'internal',
        startMs: 1,
        endMs: 2,
      },
      ...{ status: 'unset', attributes: {}, events: [], links: [], service: 'agent' },
    });
    const spans = [
      span(call.spanId, null),
      span('abcdabcdabcdabcd', call.spanId),
      span('ffff0000ffff0000', 'dddddddddddddddd'),
    ];
    const all = new Set(spans.map(({ spanId }) => spanId));
    const { spans: adopted } = adoptSpans({ spans, logs: [] }, call, all);
    assert.deepEqual(
      adopted.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]),
      [
        ['f000000000000003', call.spanId],
        ['abcdabcdabcdabcd', 'f000000000000003'],
        ['ffff0000ffff0000', call.spanId],
      ],
    );
    assert.equal(adopted[2]?.attributes['touchstone.origin.parent_span_id'], 'dddddddddddddddd');
  });
});
