import type { Decision } from '../../src/engine/resilience/decision.ts';
import { type CallFacts, type Ending, type Permit, Rejected } from '../../src/engine/resilience/policy.ts';

/** A call without limits, but for what a test gives. */
export function callFacts(facts: Partial<CallFacts> = {}): CallFacts {
  return {
    pool: 'target',
    caller: 'run',
    estimate: { tokens: 100, costUsd: 0.01 },
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    ...facts,
  };
}

export function ending(decision: Decision['kind'] | Decision, facts: Partial<Ending> = {}): Ending {
  return {
    decision: typeof decision === 'string' ? decisionOf(decision) : decision,
    durationMs: 0,
    silentMs: 0,
    tokens: null,
    costUsd: null,
    ...facts,
  };
}

function decisionOf(kind: Decision['kind']): Decision {
  switch (kind) {
    case 'rate-limited':
    case 'overloaded':
      return { kind, until: undefined };
    case 'rejected':
      return { kind, by: 'pace', until: undefined };
    default:
      return { kind };
  }
}

/** What has become of a call that asked for leave. */
export type Asked =
  | { state: 'waiting' }
  | { state: 'granted'; permit: Permit }
  | { state: 'rejected'; rejection: Rejected }
  | { state: 'failed'; reason: unknown };

/** Asks for leave, and keeps what comes of it in the value that it returns. */
export function ask(admit: () => Permit | Promise<Permit>): { now: Asked } {
  const asked: { now: Asked } = { now: { state: 'waiting' } };
  const granted = (permit: Permit) => {
    asked.now = { state: 'granted', permit };
  };
  const refused = (reason: unknown) => {
    asked.now =
      reason instanceof Rejected ? { state: 'rejected', rejection: reason } : { state: 'failed', reason };
  };

  try {
    const permit = admit();
    if (permit instanceof Promise) permit.then(granted, refused);
    else granted(permit);
  } catch (error) {
    refused(error);
  }
  return asked;
}

/** The permit that must be there at once. */
export function granted(asked: { now: Asked }): Permit {
  if (asked.now.state !== 'granted') throw new Error(`the call is ${asked.now.state}`);
  return asked.now.permit;
}
