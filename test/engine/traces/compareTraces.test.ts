import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { traceTree } from '../../../src/engine/telemetry/dialects/traceTree.ts';
import { compareTraces } from '../../../src/engine/traces/compareTraces.ts';
import { compareTrials } from '../../../src/engine/traces/compareTrials.ts';
import { type TraceTrial, trialsOf } from '../../../src/engine/traces/traceSteps.ts';
import { capturedSpans } from '../telemetry/dialects/captures.ts';

interface Did {
  tool?: string;
  given?: object;
  model?: string;
}

/** A trial in which an agent did this, one thing after the other; a model call takes 10 tokens. */
function trial(...did: Did[]): TraceTrial {
  const [only] = trialsOf(traceTree(did.map(toSpan)));
  return only ?? assert.fail();
}

function toSpan({ tool, given, model }: Did, index: number): SpanRecord {
  const attributes = tool
    ? {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'gen_ai.tool.call.arguments': JSON.stringify(given ?? {}),
      }
    : {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': model ?? 'm',
        'gen_ai.usage.input_tokens': 7,
        'gen_ai.usage.output_tokens': 3,
      };
  return {
    ...{ traceId: 'a', spanId: `${index}`, parentSpanId: null, name: tool ?? 'chat', kind: 'internal' },
    ...{
      startMs: index * 10,
      endMs: index * 10 + 5,
      status: 'unset',
      attributes,
      events: [],
      links: [],
      service: 's',
    },
  };
}

const ask: Did = { model: 'm' };
const lookup: Did = { tool: 'lookup', given: { id: 'A1' } };
const refund: Did = { tool: 'refund' };

describe('two traces beside each other', () => {
  it('are the same where nothing differs', () => {
    const { firstDivergence, tools, tokens } = compareTraces(
      trial(ask, lookup, ask),
      trial(ask, lookup, ask),
    );
    assert.equal(firstDivergence, null);
    assert.equal(tools.order, 'same');
    assert.deepEqual(tokens, { left: 20, right: 20, difference: 0 });
  });

  it('are the same where only ids of calls differ and how the model came to them', () => {
    const asked = (id: string, thought: string, order: string) => {
      const part = { type: 'tool_call', id, name: 'lookup', arguments: { order } };
      const output = [{ role: 'assistant', parts: [{ type: 'reasoning', content: thought }, part] }];
      const span = toSpan({ model: 'm' }, 0);
      const attributes = { ...span.attributes, 'gen_ai.output.messages': JSON.stringify(output) };
      return trialsOf(traceTree([{ ...span, attributes }]))[0] ?? assert.fail();
    };
    const before = asked('call_1', 'first', 'A1');
    assert.equal(before.steps[0]?.result, 'calls lookup({"order":"A1"})');
    assert.equal(compareTraces(before, asked('call_2', 'other', 'A1')).firstDivergence, null);
    assert.equal(compareTraces(before, asked('call_2', 'other', 'A2')).firstDivergence, 0);
  });

  it('part at the first step that is other, added or removed', () => {
    const left = trial(ask, lookup, ask, refund, ask);
    const right = trial(ask, { tool: 'lookup', given: { id: 'B2' } }, ask);
    const { steps, firstDivergence, tools, tokens } = compareTraces(left, right);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['same', 'changed', 'same', 'removed', 'removed'],
    );
    assert.equal(firstDivergence, 1);
    assert.ok(steps[1]?.kind === 'changed' && steps[1].changes.join() === 'arguments');
    assert.equal(tools.order, 'different');
    assert.equal(tokens.difference, -10);
    assert.equal(compareTraces(trial(lookup, refund), trial(refund, lookup)).tools.order, 'reordered');
  });

  it('pair calls of one tool by their arguments', () => {
    const other: Did = { tool: 'lookup', given: { id: 'C3' } };
    const { steps } = compareTraces(trial(lookup, other), trial(other));
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['removed', 'same'],
    );
  });

  it('of one agent in two frameworks have the same tools', () => {
    const [one, two] = ['ai-7.0.173-otel-1.0.173', 'mastra-core-1.71.0-otel-exporter-1.4.0'].map(
      (name) => trialsOf(traceTree(capturedSpans(name)))[0] ?? assert.fail(),
    );
    assert.ok(one && two);
    const { tools, tokens } = compareTraces(one, two);
    assert.deepEqual(tools.left, ['lookup_order', 'get_refund_policy']);
    assert.equal(tools.order, 'same');
    assert.deepEqual(tokens, { left: 278, right: 278, difference: 0 });
  });
});

describe('two versions over several trials', () => {
  const times = (count: number, ...did: Did[]) => Array.from({ length: count }, () => trial(...did));

  it('differ in the steps that the trials show to', () => {
    const { steps, measures } = compareTrials(
      times(10, ask, lookup, ask),
      times(10, ask, lookup, lookup, refund, ask),
    );
    const verdicts = Object.fromEntries(steps.map(({ step, verdict }) => [step, verdict]));
    assert.deepEqual(verdicts, {
      model: 'undecided',
      'tool lookup': 'undecided',
      'model (2)': 'undecided',
      'tool lookup (2)': 'more often',
      'tool refund': 'more often',
    });
    const count = measures.find(({ measure }) => measure === 'steps');
    assert.deepEqual([count?.median, count?.verdict], [{ left: 3, right: 5, difference: 2 }, 'higher']);
    assert.equal(measures.find(({ measure }) => measure === 'costUsd')?.p, null);
  });

  it('are undecided where there are few trials, however clear it looks', () => {
    const { steps, measures } = compareTrials(times(3, ask), times(3, ask, refund));
    assert.ok(steps.every(({ verdict }) => verdict === 'undecided'));
    assert.ok(measures.every(({ verdict }) => verdict === 'undecided'));
    assert.equal(steps.find(({ step }) => step === 'tool refund')?.right.trials, 3);
  });
});
