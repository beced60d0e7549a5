import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Decision } from '../../../src/engine/resilience/decision.ts';
import {
  CALLING,
  type FallbackChain,
  type FallbackEvent,
  type FallbackState,
  nextFallback,
} from '../../../src/engine/resilience/fallback.ts';

const ENDINGS: Decision[] = [
  { kind: 'done' },
  { kind: 'caller' },
  { kind: 'transient' },
  { kind: 'rate-limited', until: undefined },
  { kind: 'overloaded', until: 5 },
  { kind: 'rejected', by: 'breaker', until: 7 },
];
const ALL = new Set<Decision['kind']>(['transient', 'rate-limited', 'overloaded', 'rejected']);
const chain: FallbackChain<string> = { steps: ['cache', 'mini', 'answer'], on: ALL };

const failed = (kind: Decision['kind'], handedOn = false): FallbackEvent => {
  const decision = ENDINGS.find((one) => one.kind === kind);
  assert(decision);
  return { event: 'failed', decision, handedOn };
};

function stateAfter(events: readonly FallbackEvent[], of = chain): FallbackState {
  return events.reduce((state: FallbackState, event) => nextFallback(of, state, event), CALLING);
}

describe('a chain of fallbacks', () => {
  const NOTHING: FallbackEvent = { event: 'nothing' };
  const ANSWERED: FallbackEvent = { event: 'answered' };

  const rows: [string, FallbackEvent[], FallbackState][] = [
    ['is not tried where the call answers', [ANSWERED], { state: 'answered', step: undefined }],
    ['begins with the first step', [failed('transient')], { state: 'trying', step: 0 }],
    ['goes on where a cache has nothing', [failed('overloaded'), NOTHING], { state: 'trying', step: 1 }],
    [
      'goes on however a step fails, also where its model finds the request wrong',
      [failed('rate-limited'), NOTHING, failed('caller')],
      { state: 'trying', step: 2 },
    ],
    [
      'ends with the step that answers',
      [failed('rejected'), NOTHING, ANSWERED],
      { state: 'answered', step: 1 },
    ],
    [
      'is exhausted behind its last step',
      [failed('transient'), NOTHING, failed('transient'), NOTHING],
      { state: 'failed', why: 'exhausted' },
    ],
    ['is not for a request that is wrong', [failed('caller')], { state: 'failed', why: 'not-asked' }],
    [
      'is not begun once content was handed on',
      [failed('transient', true)],
      { state: 'failed', why: 'handed-on' },
    ],
    [
      'ends with a step that breaks once its content was handed on',
      [failed('transient'), NOTHING, failed('transient', true)],
      { state: 'failed', why: 'handed-on' },
    ],
  ];
  for (const [what, events, state] of rows) it(what, () => assert.deepEqual(stateAfter(events), state));

  it('is only for the endings that it names', () => {
    const some = { ...chain, on: new Set<Decision['kind']>(['overloaded']) };
    assert.deepEqual(stateAfter([failed('transient')], some), { state: 'failed', why: 'not-asked' });
    assert.deepEqual(stateAfter([failed('overloaded')], some), { state: 'trying', step: 0 });
  });

  it('without steps fails as the call did', () => {
    const none = { steps: [], on: ALL };
    assert.deepEqual(stateAfter([failed('transient')], none), { state: 'failed', why: 'exhausted' });
  });

  it('tries steps in their order, each once at most, and never after an end', () => {
    const event = fc.oneof(
      fc.constant<FallbackEvent>(ANSWERED),
      fc.constant<FallbackEvent>(NOTHING),
      fc
        .tuple(fc.constantFrom(...ENDINGS), fc.boolean())
        .map(([decision, handedOn]): FallbackEvent => ({ event: 'failed', decision, handedOn })),
    );

    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.nat(5), (events, length) => {
        const of = { steps: Array.from({ length }, (_, at) => at), on: ALL };
        let state: FallbackState = CALLING;
        let last = -1;
        for (const one of events) {
          const next = nextFallback(of, state, one);
          if (state.state === 'answered' || state.state === 'failed') assert.equal(next, state);
          else if (next.state === 'trying') {
            assert.equal(next.step, last + 1);
            assert(next.step < length);
            assert(one.event !== 'answered' && !(one.event === 'failed' && one.handedOn));
            last = next.step;
          }
          state = next;
        }
      }),
    );
  });
});
