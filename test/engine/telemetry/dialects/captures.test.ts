import assert from 'node:assert/strict';
import type { AgentSpan } from '../../../../src/engine/model/agentSpan.ts';
import { traceAnswer } from '../../../../src/engine/telemetry/dialects/traceAnswer.ts';
import { walk } from '../../../../src/engine/telemetry/dialects/traceNode.ts';
import { type TraceTree, traceTree } from '../../../../src/engine/telemetry/dialects/traceTree.ts';
import { capturedSpans } from './captures.ts';

const LOOKUP = ['lookup_order', { order_id: 'A1001' }];
const POLICY = ['get_refund_policy', { category: 'shoes' }];
const FAILED = ['lookup_order', { order_id: 'A9999' }];
const ANSWER = 'Order A1001 is delivered. You can return it within 30 days from delivery for a full refund.';

/**
 * One agent in nine frameworks: three calls of a model (59, 77 and 90 tokens in, 14, 15 and 23 out) and two tools. What each of
 * them is read to is the same, as far as it sends it.
 */
const CAPTURES: {
  name: string;
  roots: string[];
  roles: string;
  model: string;
  session: string | null;
  cached: number | null;
  /** Of tools that have spans. */
  results: boolean;
}[] = [
  {
    name: 'ai-5.0.277',
    roots: ['agent support-agent'],
    roles: '1 agent, 3 model, 2 tool',
    model: 'gpt-5-mini',
    session: 's-refund-a1001',
    cached: null,
    results: true,
  },
  {
    name: 'ai-6.0.326',
    roots: ['agent support-agent'],
    roles: '1 agent, 3 model, 2 tool',
    model: 'gpt-5-mini',
    session: 's-refund-a1001',
    cached: 48,
    results: true,
  },
  {
    name: 'ai-7.0.173-legacy-otel-1.0.173',
    roots: ['agent support-agent'],
    roles: '1 agent, 3 model, 2 tool',
    model: 'gpt-5-mini',
    session: null,
    cached: 48,
    results: true,
  },
  {
    name: 'ai-7.0.173-otel-1.0.173',
    roots: ['agent support-agent'],
    roles: '1 agent, 3 model, 2 tool, 3 other',
    model: 'gpt-5-mini',
    session: null,
    cached: 48,
    results: true,
  },
  {
    name: 'genkit-1.42.0',
    roots: ['agent support'],
    roles: '1 agent, 3 model, 2 tool, 3 other',
    model: 'gpt-4o-mini',
    session: null,
    cached: null,
    results: true,
  },
  {
    name: 'langchain-1.5.14-langgraph-1.7.3-openinference-4.1.1',
    roots: ['agent support'],
    roles: '1 agent, 3 model, 2 tool, 9 other',
    model: 'gpt-5-mini',
    session: 's-refund-a1001',
    cached: 48,
    results: true,
  },
  {
    name: 'mastra-core-1.71.0-otel-exporter-1.4.0',
    roots: ['agent support'],
    roles: '1 agent, 3 model, 2 tool, 9 other',
    model: 'gpt-5-mini',
    session: '6695dcaf-d700-4bdc-9619-1b77b58fc06d',
    cached: 48,
    results: true,
  },
  {
    name: 'openai-7.59.0-openinference-4.2.7',
    roots: ['missing'],
    roles: '3 model',
    model: 'gpt-5-mini',
    session: null,
    cached: 48,
    results: false,
  },
  {
    name: 'openai-7.59.0-traceloop-0.27.0',
    roots: ['agent support'],
    roles: '1 agent, 3 model, 2 tool',
    model: 'gpt-5-mini',
    session: 's-refund-a1001',
    cached: null,
    results: true,
  },
  {
    name: 'openai-agents-0.20.0-native-spans',
    roots: ['other task'],
    roles: '1 agent, 3 model, 2 tool, 4 other',
    model: '',
    session: null,
    cached: 48,
    results: true,
  },
];

describe('spans of real frameworks', () => {
  for (const capture of CAPTURES) {
    describe(capture.name, () => {
      const tree = traceTree(capturedSpans(capture.name));
      const spans = spansOf(tree);

      it('has its roots and its kinds', () => {
        const roots = tree.roots.map(({ span }) => (span ? `${span.role} ${span.title}` : 'missing'));
        assert.deepEqual(roots, capture.roots);
        assert.equal(rolesOf(spans), capture.roles);
      });

      it('counts every token once', () => {
        const { input, output, cached } = tree.tokens;
        assert.deepEqual({ input, output, cached }, { input: 226, output: 52, cached: capture.cached });
      });

      it('has its tools with their arguments and results', () => {
        const { toolCalls } = traceAnswer(tree);
        assert.deepEqual(
          toolCalls.map((call) => [call.name, call.arguments]),
          [LOOKUP, POLICY],
        );

        const results = spans.flatMap(({ tool }) => (tool ? [tool.result] : []));
        const parsed = results.map((result) => (typeof result === 'string' ? JSON.parse(result) : result));
        const whole = [
          { order_id: 'A1001', status: 'delivered', category: 'shoes', total: 89.9 },
          { category: 'shoes', days: 30, condition: 'unused' },
        ];
        assert.deepEqual(parsed, capture.results ? whole : []);
      });

      it('has its model and its session, and understands all of its names', () => {
        assert.equal(traceAnswer(tree).model ?? '', capture.model);
        const sessions = new Set(spans.map(({ session }) => session).filter((session) => session !== null));
        assert.deepEqual([...sessions], capture.session === null ? [] : [capture.session]);
        assert.deepEqual(
          spans.flatMap(({ unknown }) => unknown),
          [],
        );
      });
    });
  }

  it('has the conversation, whatever its form', () => {
    for (const { name } of CAPTURES.filter(({ name }) => !name.startsWith('openai-agents'))) {
      const models = spansOf(traceTree(capturedSpans(name))).filter(({ role }) => role === 'model');
      const said = models.flatMap(({ output }) => textOf(output)).join('');
      assert.equal(said, ANSWER, name);
    }
  });

  it('has no content where it is sent in log records alone', () => {
    const spans = spansOf(traceTree(capturedSpans('openai-6.49.0-opentelemetry-instrumentation-0.22.0')));
    assert.equal(rolesOf(spans), '3 model');
    assert.deepEqual(
      spans.map(({ input, output }) => [input, output]),
      [
        [null, null],
        [null, null],
        [null, null],
      ],
    );
    assert.ok(spans.every(({ conventions }) => conventions.includes('OpenTelemetry GenAI (deprecated)')));
  });
});

describe('spans of real frameworks whose tool fails', () => {
  for (const [name, failures] of [
    ['tool-error-ai5', ['tool']],
    ['tool-error-ai7', ['tool']],
    ['tool-error-genkit', ['agent', 'other', 'tool']],
    ['tool-error-lang-oi', ['tool']],
    ['tool-error-mastra', ['tool']],
    ['tool-error-openai-oi', []],
    ['tool-error-openai-tl', []],
  ] as const) {
    it(`${name}: has the failure and the call that it asked for`, () => {
      const tree = traceTree(capturedSpans(name));
      const failed = spansOf(tree).filter(({ error }) => error !== null);

      assert.deepEqual(failed.map(({ role }) => role).sort(), [...failures]);
      assert.deepEqual(
        [...new Set(failed.map(({ error }) => error?.message))],
        failures.length > 0 ? ['order database error for A9999'] : [],
      );
      assert.deepEqual(
        traceAnswer(tree).toolCalls.map((call) => [call.name, call.arguments]),
        [FAILED],
      );
    });
  }
});

function spansOf(tree: TraceTree): AgentSpan[] {
  return [...walk(tree.roots)].flatMap(({ node }) => (node.span ? [node.span] : []));
}

function rolesOf(spans: readonly AgentSpan[]): string {
  return ['agent', 'model', 'tool', 'retrieval', 'embedding', 'evaluator', 'guardrail', 'other']
    .map((role) => ({ role, count: spans.filter((span) => span.role === role).length }))
    .filter(({ count }) => count > 0)
    .map(({ role, count }) => `${count} ${role}`)
    .join(', ');
}

function textOf(content: AgentSpan['output']): string[] {
  if (content?.kind !== 'messages') return [];
  return content.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  );
}
