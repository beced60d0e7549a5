import assert from 'node:assert/strict';
import { diagnose } from '../../../../src/engine/telemetry/dialects/doctor.ts';
import { traceTree } from '../../../../src/engine/telemetry/dialects/traceTree.ts';
import { capturedSpans } from './captures.ts';

function findings(name: string) {
  return diagnose(traceTree(capturedSpans(name))).findings;
}

describe('trace doctor', () => {
  it('says which conventions the spans follow, the most used first', () => {
    const { conventions } = diagnose(traceTree(capturedSpans('openai-7.59.0-traceloop-0.27.0')));
    assert.deepEqual(conventions, [
      { convention: 'Traceloop', spans: 6 },
      { convention: 'OpenTelemetry GenAI', spans: 3 },
    ]);
  });

  it('names what is deprecated, and what took its place', () => {
    const found = findings('ai-5.0.277').filter(({ kind }) => kind === 'deprecated');
    assert.deepEqual(
      found.map(
        (finding) => finding.kind === 'deprecated' && [finding.name, finding.instead, finding.spans.length],
      ),
      [['gen_ai.system', 'gen_ai.provider.name', 3]],
    );
  });

  it('says which tokens would be counted twice', () => {
    const found = findings('ai-7.0.173-otel-1.0.173').find(({ kind }) => kind === 'counted-once');
    assert.ok(found?.kind === 'counted-once');
    assert.deepEqual([found.spans.length, found.inputTokens, found.outputTokens], [1, 226, 52]);
  });

  it('names what was cut, what has no price, and what hangs in the air', () => {
    const kinds = new Set(
      findings('langchain-1.5.14-langgraph-1.7.3-openinference-4.1.1').map(({ kind }) => kind),
    );
    assert.ok(kinds.has('cut'));
    assert.ok(kinds.has('unpriced'));
    assert.ok(kinds.has('missing-parent'));
  });

  it('names attributes of a known convention that it does not understand', () => {
    const [first, ...rest] = capturedSpans('ai-7.0.173-otel-1.0.173');
    assert.ok(first);
    const odd = { ...first, attributes: { ...first.attributes, 'gen_ai.new.thing': 1, 'my.own': 2 } };
    const found = diagnose(traceTree([odd, ...rest])).findings.filter(
      ({ kind }) => kind === 'not-understood',
    );

    assert.deepEqual(found, [{ kind: 'not-understood', name: 'gen_ai.new.thing', spans: [first.spanId] }]);
  });
});
