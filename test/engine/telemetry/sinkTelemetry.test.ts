import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Evaluator } from '../../../src/engine/evaluators/evaluator.ts';
import type { EvaluationRecord } from '../../../src/engine/model/evaluationRecord.ts';
import type { LogRecord, SpanRecord } from '../../../src/engine/model/span.ts';
import { noLog, systemClock } from '../../../src/engine/ports.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { evaluatedCall } from '../../../src/engine/telemetry/evaluatedCalls.ts';
import { evaluationRecords } from '../../../src/engine/telemetry/evaluationRecords.ts';
import type { TelemetrySink } from '../../../src/engine/telemetry/sinks/sink.ts';
import { noTelemetry, SinkTelemetry } from '../../../src/engine/telemetry/telemetry.ts';
import { execute, numberedCases, RUN, runInputs } from '../../support/runExecution.ts';
import { complete } from '../../support/runFixtures.ts';
import { scriptedTarget } from '../../support/scriptedTarget.ts';

const evaluator: Evaluator = {
  spec: { type: 'length', name: 'length', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  evaluate: async ({ output }, { span }) => {
    span.log('debug', 'measured');
    return { status: 'scored', score: 1, pass: true, reason: output.text };
  },
};

/** Says its case, with a model call of that id and a span that its own program sent. */
const target = scriptedTarget('a', ({ case: { id } }, { span, openTraces }) => {
  const model = span.child('chat m', { 'gen_ai.response.id': `reply to ${id}` });
  model.log('info', `asked for ${id}`);
  model.end();
  const traces = openTraces?.();
  traces?.take(sent(span.traceId, span.spanId));
  void traces?.close({ elsewhere: false, signal: new AbortController().signal });
  return complete(id);
});

function sent(traceId: string, parentSpanId: string) {
  const span = { traceId, parentSpanId, spanId: 'f'.repeat(16), name: 'agent' };
  const times = { startTimeUnixNano: '1000000', endTimeUnixNano: '2000000' };
  return { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...times }] }] }] };
}

function collecting() {
  const spans: SpanRecord[] = [];
  const logs: LogRecord[] = [];
  const evaluations: EvaluationRecord[] = [];
  const sink: TelemetrySink = {
    name: 'collecting',
    take(finished) {
      spans.push(...finished.spans);
      logs.push(...finished.logs);
      evaluations.push(...finished.evaluations);
    },
    flush: () => {},
  };
  return { sink, spans, logs, evaluations };
}

async function run(sinks: readonly TelemetrySink[], repeat = 1) {
  const store = new RunStore(':memory:');
  const telemetry = new SinkTelemetry(sinks, { clock: systemClock, log: noLog });
  const outcome = await execute(
    store,
    runInputs([target], numberedCases(3), { evaluators: [evaluator], repeat }),
    {
      telemetry,
    },
  );
  await telemetry.flush();
  return { store, outcome };
}

const inOrder = (ids: readonly { spanId: string; traceId: string }[]) =>
  ids.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort();

describe('telemetry of a run', () => {
  it('goes to each sink as it goes to the store', async () => {
    const [one, other] = [collecting(), collecting()];
    const { store, outcome } = await run([one.sink, other.sink]);
    assert.equal(outcome, 'complete');
    const traces = [store.runTraceId(RUN) ?? '', ...[...store.results(RUN)].map(({ traceId }) => traceId)];
    const stored = traces.flatMap((trace) => store.traces.spans(trace));
    // Of each case a root, trial, call, model, evaluator and the agent's own; and the run.
    assert.equal(stored.length, 3 * 6 + 1);
    assert.deepEqual(inOrder(one.spans), inOrder(stored));
    assert.deepEqual(inOrder(one.logs), inOrder(traces.flatMap((trace) => store.traces.logs(trace))));
    assert.equal(one.logs.length, 6);
    assert.deepEqual(other.spans, one.spans);
    assert.deepEqual(other.evaluations, one.evaluations);
  });

  it('has the evaluations of each stored result, tied to the evaluated call', async () => {
    const { sink, evaluations } = collecting();
    const { store } = await run([sink], 2);
    const expected = [...store.results(RUN)].flatMap((result) =>
      evaluationRecords(result, RUN, evaluatedCall(result, store.traces.spans(result.traceId))),
    );
    const key = ({ caseId, trial, by }: EvaluationRecord) => `${caseId} ${trial} ${by.kind}`;
    const sorted = (records: readonly EvaluationRecord[]) =>
      records.toSorted((a, b) => key(a).localeCompare(key(b)));
    assert.equal(evaluations.length, 3 * 2 * 2);
    assert.deepEqual(sorted(evaluations), sorted(expected));
    assert.deepEqual([...new Set(evaluations.map(({ responseId }) => responseId))].sort(), [
      'reply to case-0',
      'reply to case-1',
      'reply to case-2',
    ]);
  });

  it('speaks of evaluations only when their results are stored', async () => {
    const store = new RunStore(':memory:');
    const early: string[] = [];
    const sink: TelemetrySink = {
      name: 'checking',
      take: ({ evaluations }) => {
        for (const { caseId } of evaluations)
          if (store.resultsOfCase(RUN, caseId).length === 0) early.push(caseId);
      },
      flush: () => {},
    };
    const telemetry = new SinkTelemetry([sink], { clock: systemClock, log: noLog });
    await execute(store, runInputs([target], numberedCases(3), { evaluators: [evaluator] }), { telemetry });
    assert.deepEqual(early, []);
    assert.equal(store.counts(RUN).passed, 3);
  });

  it('harms neither the run nor what is stored where a sink throws or hangs', async () => {
    const take = () => assert.fail('broken');
    const broken: TelemetrySink = { name: 'broken', take, flush: () => {} };
    const hanging: TelemetrySink = { name: 'hanging', take: () => new Promise(() => {}), flush: () => {} };
    const store = new RunStore(':memory:');
    const telemetry = new SinkTelemetry([broken, hanging], { clock: systemClock, log: noLog });
    const outcome = await execute(store, runInputs([target], numberedCases(3), { evaluators: [evaluator] }), {
      telemetry,
    });
    assert.equal(outcome, 'complete');
    assert.equal(store.counts(RUN).passed, 3);
    const [result] = store.results(RUN);
    assert.equal(store.traces.spans(result?.traceId ?? '').length, 6);
  });

  it('can be left out altogether', async () => {
    const store = new RunStore(':memory:');
    const outcome = await execute(store, runInputs([target], numberedCases(3), { evaluators: [evaluator] }), {
      telemetry: noTelemetry,
    });
    assert.equal(outcome, 'complete');
    assert.equal(store.counts(RUN).passed, 3);
  });
});
