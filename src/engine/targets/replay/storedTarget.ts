import type { GoldenCase } from '../../model/case.ts';
import { contentHash } from '../../model/hash.ts';
import type { Output } from '../../model/output.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { ASKS_NOBODY, type TargetCapabilities } from '../capabilities.ts';
import { errorOutput } from '../reply/agentReply.ts';
import type { Target } from '../target.ts';

/** What a stored run holds of one trial. */
export interface StoredTrial {
  /** The case as it was asked then. */
  case: GoldenCase;
  output: Output;
}

interface StoredTargetOptions {
  /** As the stored run had them. */
  target: { name: string; kind: string; hash: string };
  /** As far as they still matter. */
  capabilities?: TargetCapabilities;
  runId: string;
  find(caseId: string, trial: number): StoredTrial | undefined;
}

/** Fields that only say how an output is judged; a target never sees them. */
const EXPECTATIONS = [
  'description',
  'expected_output',
  'complexity',
  'evaluation_criteria',
  'assert',
  'threshold',
  'assertScoringFunction',
  'cluster',
  'tags',
] as const;

/**
 * Gives the outputs of a stored run once more, so that they can be judged anew; nothing is called. A case
 * that the run did not ask, or asked with another content, is an error: its output would answer something else.
 */
export function createStoredTarget(options: StoredTargetOptions): Target {
  const { target, capabilities = ASKS_NOBODY, runId, find } = options;
  const { name, kind, hash } = target;
  return {
    name,
    kind,
    capabilities,
    lane: `stored:${name}`,
    hash,

    call: async ({ case: golden, trial }, { signal, span }) => {
      signal.throwIfAborted();

      span.set({ [TOUCHSTONE.rejudged]: runId });
      const stored = find(golden.id, trial);
      if (!stored) {
        return errorOutput('not-stored', `run ${runId} holds no output of this case and trial`, 0);
      }
      if (askedHash(stored.case) !== askedHash(golden)) {
        return errorOutput(
          'case-changed',
          `the case was changed after run ${runId} asked it; run it anew`,
          0,
        );
      }

      return stored.output;
    },

    close: async () => {},
  };
}

/** Of everything in a case that a target may see. */
function askedHash(golden: GoldenCase): string {
  const asked: { [key: string]: unknown } = { ...golden };
  for (const field of EXPECTATIONS) delete asked[field];
  return contentHash(asked);
}
