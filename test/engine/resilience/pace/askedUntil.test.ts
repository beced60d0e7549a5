import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Decision } from '../../../../src/engine/resilience/decision.ts';
import { askedUntil } from '../../../../src/engine/resilience/pace/askedUntil.ts';
import type { Remainder } from '../../../../src/engine/resilience/policy.ts';

const DONE: Decision = { kind: 'done' };
const refused = (until?: number): Decision => ({ kind: 'rate-limited', until });
const overloaded = (until?: number): Decision => ({ kind: 'overloaded', until });
const left = (remaining: number | undefined, resetAt: number | undefined, limit?: number): Remainder => ({
  remaining,
  resetAt,
  limit,
});

describe('when a provider wants to be asked again', () => {
  for (const [what, decision, allowance, tokens, until] of [
    ['its word', refused(7), { requests: left(0, 9) }, 1, 7],
    ['its word of 0', refused(0), { requests: left(0, 9) }, 1, 0],
    ['the word of an overloaded one', overloaded(7), {}, 1, 7],
    ['unknown where it says nothing', refused(), undefined, 1, undefined],
    [
      'unknown where nothing is used up',
      refused(),
      { requests: left(1, 9), tokens: left(5, 9) },
      5,
      undefined,
    ],
    ['the reset of requests', DONE, { requests: left(0, 9), tokens: left(1, 12) }, undefined, 9],
    ['the later reset of both', DONE, { requests: left(0, 9), tokens: left(0, 12) }, undefined, 12],
    [
      'the later reset of both, the other way round',
      DONE,
      { requests: left(0, 12), tokens: left(0, 9) },
      1,
      12,
    ],
    ['unknown where one request is left', DONE, { requests: left(1, 9) }, 1, undefined],
    [
      'unknown where one token is left, however many a call needs that was let in',
      DONE,
      { tokens: left(1, 9) },
      500,
      undefined,
    ],
    ['the reset of tokens where a refused call needs more', refused(), { tokens: left(499, 9) }, 500, 9],
    ['unknown where it needs no more', refused(), { tokens: left(500, 9) }, 500, undefined],
    [
      'unknown where it needs more than there ever are, and all are left',
      refused(),
      { tokens: left(300, 9, 300) },
      500,
      undefined,
    ],
    ['the reset where fewer are left than there ever are', refused(), { tokens: left(299, 9, 300) }, 500, 9],
    ['the reset of a limit that a refusal names alone', refused(), { tokens: left(undefined, 9) }, 1, 9],
    ['unknown for the same with an answer', DONE, { tokens: left(undefined, 9) }, 1, undefined],
    ['unknown where the reset is', refused(), { requests: left(0, undefined) }, 1, undefined],
    ['unknown where an overloaded one has some left', overloaded(), { tokens: left(5, 9) }, 500, undefined],
  ] as const)
    it(`is ${what}`, () => assert.equal(askedUntil({ decision, allowance }, tokens), until));
});
