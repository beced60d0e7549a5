import type { Decision } from '../../resilience/decision.ts';
import { Rejected } from '../../resilience/policy.ts';
import { ModelError } from '../modelClient.ts';

/** How a call ended that brought no reply; undefined for a bug, which is nobody's to answer. */
export function decisionOfError(error: unknown): Decision | undefined {
  if (error instanceof Rejected) return { kind: 'rejected', by: error.by, until: error.until };
  return error instanceof ModelError ? error.decision : undefined;
}
