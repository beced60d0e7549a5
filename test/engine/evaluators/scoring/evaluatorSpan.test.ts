import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { EvaluatorSpan } from '../../../../src/engine/evaluators/scoring/evaluatorSpan.ts';
import type { Score } from '../../../../src/engine/model/evaluation.ts';
import { noSpan, type Span } from '../../../../src/engine/ports.ts';

/** Writes down what is done to it and to its children. */
function recorded(id: string, done: unknown[]): Span {
  const note =
    (what: string) =>
    (...args: unknown[]) =>
      void done.push([id, what, ...args]);
  return {
    ...noSpan,
    traceId: 'the trace',
    spanId: id,
    traceparent: `00-${id}`,
    baggage: `run of ${id}`,
    child: (name, attributes, kind) => {
      done.push([id, 'child', name, ...(attributes ? [attributes, kind] : [])]);
      return recorded(name, done);
    },
    set: note('set'),
    event: note('event'),
    log: note('log'),
    end: note('end'),
  };
}

function opened() {
  const done: unknown[] = [];
  return { done, span: new EvaluatorSpan(recorded('trial', done), 'tone') };
}

const OWN = 'evaluate tone';
const scored = (pass: boolean): Score => ({ status: 'scored', score: 0.25, pass, reason: 'so' });

describe('the span of an evaluator', () => {
  it('is not there until it is needed', () => {
    const { done, span } = opened();
    assert.deepEqual([span.traceId, span.baggage], ['the trace', 'run of trial']);
    span.conclude(scored(true));
    assert.deepEqual(done, []);
  });

  for (const [use, what] of [
    [(span: Span) => span.set({ a: 1 }), ['set', { a: 1 }]],
    [(span: Span) => span.event('e', { b: 2 }), ['event', 'e', { b: 2 }]],
    [(span: Span) => span.log('warn', 'm', { c: 3 }), ['log', 'warn', 'm', { c: 3 }]],
    [(span: Span) => span.child('call', { d: 4 }, 'client'), ['child', 'call', { d: 4 }, 'client']],
    [(span: Span) => span.end('broken'), ['end', 'broken']],
  ] as const)
    it(`is opened once, as a child of the trial, for ${what[0]}`, () => {
      const { done, span } = opened();
      use(span);
      use(span);
      assert.deepEqual(done, [
        ['trial', 'child', OWN],
        [OWN, ...what],
        [OWN, ...what],
      ]);
    });

  it('is the parent of what an evaluator calls', () => {
    assert.equal(opened().span.spanId, OWN);
    assert.equal(opened().span.traceparent, `00-${OWN}`);
  });

  for (const [score, label, value, error] of [
    [scored(true), 'pass', 0.25, undefined],
    [scored(false), 'fail', 0.25, undefined],
    [{ status: 'skipped', reason: 'so' }, 'skipped', undefined, undefined],
    [{ status: 'error', reason: 'so' }, 'error', undefined, 'so'],
  ] as const)
    it(`ends with what came out: ${label}`, () => {
      const { done, span } = opened();
      span.open();
      span.conclude(score);
      // OpenTelemetry's semantic conventions of generative AI, event gen_ai.evaluation.result.
      const attributes = {
        'gen_ai.evaluation.name': 'tone',
        'gen_ai.evaluation.score.value': value,
        'gen_ai.evaluation.score.label': label,
        'gen_ai.evaluation.explanation': 'so',
      };
      assert.deepEqual(done.slice(1), [
        [OWN, 'event', 'gen_ai.evaluation.result', attributes],
        [OWN, 'end', error],
      ]);
    });
});
