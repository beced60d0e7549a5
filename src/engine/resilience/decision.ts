/** What a call passes on its way to the provider, from the outside in. */
export type PolicyName = 'deadline' | 'budget' | 'bulkhead' | 'breaker' | 'retry' | 'limit' | 'pace';

/**
 * How an attempt at a call ended, in the only words that policies know. Times are on the clock's monotonic scale, in
 * milliseconds; undefined where nobody said.
 *
 * `caller`: the request itself is wrong (400, 401, 403, 404, 422), or the caller stopped it; it says nothing about the provider.
 * `spent`: what the account may use at the provider is used up (a quota, a credit): the same call would end the same way,
 * and another provider may answer it.
 * `transient`: the provider's fault (5xx, network, time-out, a stream that broke); the same call may succeed later.
 * `rate-limited`: the provider is well and wants fewer calls (429).
 * `overloaded`: the provider cannot keep up (503, 529).
 * `rejected`: one of our policies refused it, so that nothing was sent.
 */
export type Decision =
  | { kind: 'done' }
  | { kind: 'caller' }
  | { kind: 'spent' }
  | { kind: 'transient' }
  | { kind: 'rate-limited'; until: number | undefined }
  | { kind: 'overloaded'; until: number | undefined }
  | { kind: 'rejected'; by: PolicyName; until: number | undefined };
