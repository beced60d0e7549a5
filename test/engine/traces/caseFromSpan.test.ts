import assert from 'node:assert/strict';
import { walk } from '../../../src/engine/telemetry/dialects/traceNode.ts';
import { traceTree } from '../../../src/engine/telemetry/dialects/traceTree.ts';
import { caseFromSpan, caseFromTrace, sameInput } from '../../../src/engine/traces/caseFromSpan.ts';
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
    const spans = [...walk(treeOf('ai-7.0.173-otel-1.0.173').roots)].flatMap(({ node }) => node.span ?? []);
    const model = spans.find(({ role }) => role === 'model') ?? assert.fail('no model call');
    const tool = spans.find(({ role }) => role === 'tool') ?? assert.fail('no tool');

    const asked = caseFromSpan(model)?.whole;
    assert.ok(asked?.messages?.some(({ role }) => role === 'user'));
    assert.ok((asked?.expected_output?.tool_calls ?? []).length > 0);
    const called = caseFromSpan(tool)?.whole;
    assert.deepEqual(called?.input, tool.tool?.arguments);
    assert.ok((called?.expected_output?.answer ?? '').length > 0);
  });

  it('is the same as one of the dataset that asks the same', () => {
    const { whole } = caseFromTrace(treeOf('ai-7.0.173-otel-1.0.173')) ?? assert.fail('no case');
    const dataset = { schema_version: '2.0.0', version: '1.0.0', test_cases: [{ ...whole, id: 'known' }] };
    const source = { path: 'a.golden.json', text: JSON.stringify(dataset) };
    assert.equal(sameInput(source, whole), 'known');
    assert.equal(sameInput(source, { ...whole, input: 'something else' }), undefined);
  });
});

describe('secrets and personal data', () => {
  for (const [data, kind, clean] of [
    ['Write to jane.doe@acme.org today', 'e-mail address', 'Write to [e-mail address] today'],
    ['Call +49 30 901820 now', 'phone number', 'Call [phone number] now'],
    ['Card 4111 1111 1111 1111.', 'card number', 'Card [card number].'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN', 'IBAN [IBAN] please'],
    ['key AKIAIOSFODNN7ABCDEFG', 'AWS access key', 'key [AWS access key]'],
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

  for (const text of [
    'Order 4111 1111 1111 1112 and DE88 3704 0044 0532 0130 00',
    'icon@2x.png, version 1.2.3, 2026-11-30, order A1-4711',
  ]) {
    it(`finds nothing in ${text}`, () => assert.deepEqual(findSensitive(text), []));
  }

  it('knows fields by their names, whatever they hold', () => {
    const data = { customer: { firstName: 'Jane', api_key: 'short', note: 'hello' }, password: 'x y' };
    const found = findSensitive(data);
    assert.deepEqual(redacted(data, found), {
      customer: { firstName: '[firstName]', api_key: '[api_key]', note: 'hello' },
      password: '[password]',
    });
  });
});
