import assert from 'node:assert/strict';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { walk } from '../../../src/engine/telemetry/dialects/traceNode.ts';
import { traceTree } from '../../../src/engine/telemetry/dialects/traceTree.ts';
import { caseFromSpan, caseFromTrace } from '../../../src/engine/traces/caseFromSpan.ts';
import { findSensitive, redacted } from '../../../src/engine/traces/sensitiveData.ts';
import { capturedSpans } from '../telemetry/dialects/captures.ts';

function treeOf(name: string) {
  return traceTree(capturedSpans(name), { logs: [] });
}

describe('a case out of a trace', () => {
  for (const name of [
    'ai-7.0.173-otel-1.0.173',
    'ai-6.0.326',
    'ai-5.0.277',
    'langchain-1.5.14-langgraph-1.7.3-openinference-4.1.1',
    'openai-7.59.0-openinference-4.2.7',
    'openai-7.59.0-traceloop-0.27.0',
    'mastra-core-1.71.0-otel-exporter-1.4.0',
  ]) {
    it(`has the question and the answer of ${name}, and says where it comes from`, () => {
      const tree = treeOf(name);
      const { whole } = caseFromTrace(tree) ?? assert.fail('no case');
      assert.match(JSON.stringify(whole.input ?? whole.messages), /order|A1|refund/i);
      assert.ok((whole.expected_output?.answer ?? '').length > 0, JSON.stringify(whole));
      assert.equal(whole.metadata?.['trace_id'], tree.traceId);
    });
  }

  it('has a conversation and the tools that were asked for where it is of a model call, and arguments where it is of a tool', () => {
    const tree = treeOf('ai-7.0.173-otel-1.0.173');
    const spans = [...walk(tree.roots)].flatMap(({ node }) => node.span ?? []);
    const model = spans.find(({ role }) => role === 'model') ?? assert.fail('no model call');
    const tool = spans.find(({ role }) => role === 'tool') ?? assert.fail('no tool');

    const asked = caseFromSpan(tree, model.record.spanId)?.whole;
    assert.match(String(asked?.input), /order/i);
    assert.equal(asked?.metadata?.['span_id'], model.record.spanId);
    assert.ok((asked?.expected_output?.tool_calls ?? []).length > 0);
    const later = spans.findLast(({ role }) => role === 'model') ?? assert.fail('no model call');
    const roles = caseFromSpan(tree, later.record.spanId)?.whole.messages?.map(({ role }) => role);
    assert.deepEqual(roles?.slice(0, 3), ['user', 'assistant', 'tool']);
    const called = caseFromSpan(tree, tool.record.spanId)?.whole;
    assert.deepEqual(called?.input, tool.tool?.arguments);
    assert.ok((called?.expected_output?.answer ?? '').length > 0);
  });

  it('expects nothing where the agent failed, and is none where only a tool was asked', () => {
    const [captured] = capturedSpans('ai-7.0.173-otel-1.0.173');
    assert.ok(captured);
    const root = { ...captured, parentSpanId: null };
    const input = { 'input.value': 'Where is A1?', 'output.value': 'Sorry' };
    const agent = { ...root, attributes: { ...input, 'openinference.span.kind': 'AGENT' } };
    const tool = { ...root, attributes: { ...input, 'openinference.span.kind': 'TOOL' } };
    const caseOf = (...spans: SpanRecord[]) => caseFromTrace(traceTree(spans, { logs: [] }))?.whole;
    assert.deepEqual(caseOf(agent)?.expected_output, { answer: 'Sorry' });
    assert.equal(caseOf({ ...agent, status: 'error' })?.expected_output, undefined);
    const silent = { ...root, attributes: {} };
    assert.equal(caseOf(silent, { ...tool, spanId: 'b'.repeat(16), parentSpanId: root.spanId }), undefined);
  });
});

describe('secrets and personal data', () => {
  for (const [data, kind, clean] of [
    ['Write to jane.doe@acme.org today', 'e-mail address', 'Write to [e-mail address] today'],
    ['Call +49 30 901820 now', 'phone number', 'Call [phone number] now'],
    ['Card 4111 1111 1111 1111.', 'card number', 'Card [card number].'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN', 'IBAN [IBAN] please'],
    ['Write to mary-ann.o-neil@acme-corp.org', 'e-mail address', 'Write to [e-mail address]'],
    ['key AKIAIOSFODNN7ABCDEFG', 'AWS access key', 'key [AWS access key]'],
    ['ask mary-ann+ab@my-firm.org', 'e-mail address', 'ask [e-mail address]'],
    ['Call +49-30-901820 now', 'phone number', 'Call [phone number] now'],
    ['use sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF', 'API key', 'use [API key]'],
  ] as const) {
    it(`finds and replaces: ${kind}`, () => {
      const found = findSensitive({ messages: [{ content: data }] });
      assert.deepEqual(
        found.map((place) => [place.path.join('.'), place.kind]),
        [['messages.0.content', kind]],
      );
      assert.deepEqual(redacted({ messages: [{ content: data }] }, found), {
        messages: [{ content: clean }],
      });
    });
  }

  it('replaces what is a part of something else and stands by itself as well', () => {
    const text = 'Write to jane.doe@acme.org or doe@acme.org, not to jane.doe@acme.org';
    assert.equal(
      redacted(text, findSensitive(text)),
      'Write to [e-mail address] or [e-mail address], not to [e-mail address]',
    );
  });

  it('names a field as it is spelled, whatever it is spelled with', () => {
    const data = { '$&-password': 'x y' };
    assert.deepEqual(redacted(data, findSensitive(data)), { '$&-password': '[$&-password]' });
  });

  it('replaces all of each private key, also of one whose end was cut off', () => {
    const key = (body: string) =>
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n${body}\nAb+/==\n-----END RSA PRIVATE KEY-----`;
    const cut = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN`;
    for (const [text, clean] of [
      [`Use ${key('MIIEvQ')} and ${key('MIIXyz')} now`, 'Use [private key] and [private key] now'],
      [JSON.stringify({ pem: key('MIIEvQ') }), '{"pem":"[private key]"}'],
      [`Look: ${cut}`, 'Look: [private key]'],
    ] as const)
      assert.equal(redacted(text, findSensitive(text)), clean);
  });

  for (const text of [
    'Order 4111 1111 1111 1112 and DE88 3704 0044 0532 0130 00',
    'icon@2x.png, version 1.2.3, 2026-11-30, order A1-4711',
  ]) {
    it(`finds nothing in ${text}`, () => assert.deepEqual(findSensitive(text), []));
  }

  it('replaces values of any characters in fields of any name', () => {
    const data = { password: '-^$.*+?()[]{}|/\\ end', '$&_secret': 'a-b', "$'_token_$`-pwd": 'c' };
    assert.deepEqual(redacted(data, findSensitive(data)), {
      password: '[password]',
      '$&_secret': '[$&_secret]',
      "$'_token_$`-pwd": "[$'_token_$`-pwd]",
    });
  });

  it('knows fields by their names, whatever they hold', () => {
    const data = { customer: { firstName: 'Jane', api_key: 'short', note: 'hello' }, password: 'x y' };
    const found = findSensitive(data);
    assert.deepEqual(redacted(data, found), {
      customer: { firstName: '[firstName]', api_key: '[api_key]', note: 'hello' },
      password: '[password]',
    });
  });
});
