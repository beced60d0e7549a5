import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { EvaluatedCalls, evaluatedCall } from '../../../src/engine/telemetry/evaluatedCalls.ts';
import { evaluationRecords } from '../../../src/engine/telemetry/evaluationRecords.ts';
import { trialResult } from '../../support/runFixtures.ts';
import { spanRecord } from './finished.ts';

const result = trialResult({ trial: 0 });
const { traceId } = result;

/** A trial, the call of its target, and a call of a model with that id for each. */
function trial(name: string, { number = 0, ids = ['r1'], ended = true } = {}) {
  const own = { 'touchstone.trial': number, ...(ended ? { 'touchstone.trial.status': 'passed' } : {}) };
  return [
    ...ids.map((id, at) =>
      spanRecord({
        traceId,
        spanId: `${name} model ${at}`,
        parentSpanId: `${name} call`,
        name: 'chat m',
        attributes: { 'gen_ai.response.id': id },
      }),
    ),
    spanRecord({
      traceId,
      spanId: `${name} call`,
      parentSpanId: name,
      name: 'invoke_agent a',
      endMs: 7,
      attributes: {},
    }),
    spanRecord({ traceId, spanId: `${name} other`, parentSpanId: name, name: 'evaluate', attributes: {} }),
    spanRecord({ traceId, spanId: name, name: 'trial', attributes: own }),
  ];
}

describe('the evaluated call', () => {
  it('is the one below the trial that has a verdict, not of an attempt that was interrupted', () => {
    const spans = [...trial('done'), ...trial('cut short', { ended: false })];
    assert.deepEqual(evaluatedCall(result, spans), { spanId: 'done call', endMs: 7, responseId: 'r1' });
    assert.equal(evaluatedCall(result, trial('cut short', { ended: false })), undefined);
  });

  it('has the id of a reply where one model was asked once', () => {
    assert.equal(evaluatedCall(result, trial('t', { ids: ['r1', 'r2'] }))?.responseId, null);
    assert.equal(evaluatedCall(result, trial('t', { ids: [] }))?.responseId, null);
  });

  it('is the same from spans as they finish, and is forgotten then', () => {
    const calls = new EvaluatedCalls();
    calls.hear(trial('t'));
    calls.hear(trial('u', { number: 1, ids: ['r2'] }));
    const second = trialResult({ trial: 1 });
    assert.equal(calls.take(result)?.spanId, 't call');
    assert.equal(calls.take(result), undefined);
    assert.equal(calls.take(second)?.responseId, 'r2');
    assert.equal(calls.remembered, 0);
  });

  it('remembers no span that it does not need', () => {
    const calls = new EvaluatedCalls();
    calls.hear(trial('t'));
    assert.equal(calls.remembered, 3);
  });
});

describe('the evaluations of a result', () => {
  it('are those that said something, and the verdict', () => {
    const of = { name: 'n', type: 't', stage: 'lexical' as const, weight: 1, latencyMs: 1 };
    const judged = trialResult({
      status: 'errored',
      score: null,
      evaluations: [
        { ...of, status: 'scored', score: 0.2, pass: false, reason: 'low' },
        { ...of, status: 'error', reason: 'no judge' },
        { ...of, status: 'skipped', reason: 'nothing expected' },
      ],
    });
    const said = evaluationRecords(judged, 'r', undefined).map(({ by, label, score, explanation }) => [
      by.kind,
      label,
      score,
      explanation,
    ]);
    assert.deepEqual(said, [
      ['evaluator', 'fail', 0.2, 'low'],
      ['evaluator', 'error', null, 'no judge'],
      ['verdict', 'error', null, 'errored'],
    ]);
  });
});
