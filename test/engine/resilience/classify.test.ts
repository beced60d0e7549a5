import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { HttpFault } from '../../../src/engine/http/httpError.ts';
import { decide, type ErrorWords, type Evidence, statusOf } from '../../../src/engine/resilience/classify.ts';

const kindOf = (evidence: Evidence) => decide(evidence, 0).kind;
const ofStatus = (status: number, said: ErrorWords = {}) => kindOf({ kind: 'status', status, said });

describe('what came of an attempt', () => {
  for (const [kind, statuses] of [
    ['spent', [402]],
    ['caller', [400, 401, 403, 404, 405, 407, 410, 413, 418, 422, 424, 426, 428, 430, 431, 451, 499]],
    ['transient', [408, 409, 425, 500, 501, 502, 504, 505, 520, 522, 524, 528, 530, 599, 600]],
    ['rate-limited', [429]],
    ['overloaded', [503, 529]],
  ] as const)
    it(`is ${kind} for ${statuses.join(', ')}`, () => {
      assert.deepEqual(
        statuses.filter((status) => ofStatus(status) !== kind),
        [],
      );
    });

  it('is overloaded where the server says so in its code, type or message, but for a request that is wrong', () => {
    const words: ErrorWords[] = [
      { code: 'overloaded' },
      { type: 'overloaded_error' },
      { code: 'server_overloaded' },
      { type: 'Engine_Overloaded' },
      { code: 529 },
      { message: 'The model is OVERLOADED, try later' },
    ];
    for (const said of words) {
      assert.deepEqual(
        [429, 500, 502].map((status) => ofStatus(status, said)),
        Array(3).fill('overloaded'),
      );
      for (const status of [400, 404, 428]) assert.equal(ofStatus(status, said), 'caller');
      for (const status of [430, 499]) assert.equal(ofStatus(status, said), 'caller');
    }
    assert.equal(ofStatus(500, { message: 'overloadedness' }), 'transient');
    assert.equal(ofStatus(429, { code: 'other', type: 'rate_limit_error' }), 'rate-limited');
  });

  it('keeps the time to ask again, 0 included, of those who want to be asked later', () => {
    const until = (status: number, waitMs?: number) => {
      const decision = decide({ kind: 'status', status, waitMs }, 1000);
      return 'until' in decision ? decision.until : 'none';
    };
    assert.deepEqual(
      [
        until(429, 500),
        until(429, 0),
        until(429),
        until(503, 500),
        until(529),
        until(500, 500),
        until(400, 500),
      ],
      [1500, 1000, undefined, 1500, undefined, 'none', 'none'],
    );
  });

  for (const [word, status] of [
    ['invalid_request_error', 400],
    ['invalid_request', 400],
    ['context_length_exceeded', 400],
    ['content_filter', 400],
    ['content_policy_violation', 400],
    ['authentication_error', 401],
    ['invalid_api_key', 401],
    ['billing_error', 402],
    ['permission_error', 403],
    ['permission_denied', 403],
    ['not_found_error', 404],
    ['model_not_found', 404],
    ['request_too_large', 413],
    ['insufficient_quota', 429],
    ['rate_limit_error', 429],
    ['rate_limit_exceeded', 429],
    ['Rate_Limited', 429],
    ['too_many_requests', 429],
    ['timeout_error', 504],
    ['overloaded', 529],
    ['overloaded_error', 529],
    ['server_overloaded', 529],
    ['engine_overloaded', 529],
    [400, 400],
    ['599', 599],
    [399, 500],
    [600, 500],
    [429.5, 500],
    ['', 500],
    ['unheard of', 500],
    [undefined, 500],
    [{}, 500],
  ] as const)
    it(`has the status ${status} where an error in a stream is called ${JSON.stringify(word)}`, () => {
      assert.deepEqual([statusOf({ code: word }), statusOf({ type: word })], [status, status]);
      assert.equal(statusOf({ code: 'unheard of', type: word }), status);
    });

  it('prefers the code of an error to its type', () => {
    assert.equal(statusOf({ code: 'model_not_found', type: 'overloaded' }), 404);
    assert.equal(kindOf({ kind: 'error-event', said: { code: 'rate_limit_exceeded' } }), 'rate-limited');
    assert.equal(kindOf({ kind: 'error-event', said: {} }), 'transient');
  });

  it('is spent where the account has nothing left, whatever its status', () => {
    for (const word of [
      'insufficient_quota',
      'billing_hard_limit_reached',
      'billing_not_active',
      'billing_error',
    ])
      for (const said of [{ code: word }, { type: word }]) assert.equal(ofStatus(429, said), 'spent');
    assert.equal(ofStatus(429, { code: 'quota' }), 'rate-limited');

    const low = { message: 'Your credit balance is too low to access the API' };
    assert.deepEqual([ofStatus(400, low), ofStatus(403, low)], ['spent', 'caller']);
  });

  it('is what the transport and the agent say', () => {
    const fault = (kind: HttpFault['kind']) => kindOf({ kind: 'fault', fault: { kind } as HttpFault });
    assert.deepEqual(
      [...(['timeout', 'network', 'compression', 'too-large', 'not-utf8', 'unsendable'] as const)].map(fault),
      ['transient', 'transient', 'transient', 'caller', 'caller', 'caller'],
    );
    assert.deepEqual(
      [
        kindOf({ kind: 'cut' }),
        kindOf({ kind: 'timeout' }),
        kindOf({ kind: 'malformed' }),
        kindOf({ kind: 'stated', transient: true }),
        kindOf({ kind: 'stated', transient: false }),
      ],
      ['transient', 'transient', 'caller', 'transient', 'caller'],
    );
  });
});
