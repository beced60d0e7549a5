import { z } from 'zod';

/** How the evaluators of a suite are run: from the cheapest stage to the dearest, or all of them. */
export interface CascadeConfig {
  mode: 'cascade' | 'full';
  /**
   * Smallest score of a stage, 0–1; below it the case has failed and later stages are left out. Where the suite names
   * none, DEFAULT_THRESHOLDS hold for scores without a threshold of their own.
   */
  thresholds: { heuristic?: number; lexical?: number };
  /** From this score of a stage on, 0–1, a case that has not failed passes without the judge. Absent: never. */
  pass?: { heuristic?: number; lexical?: number };
  /**
   * Share of each stage in the total; a stage without evaluators gives its weight to the others. Null: the
   * plain weighted mean of all evaluators, as in promptfoo.
   */
  weights: { heuristic: number; lexical: number; judge: number } | null;
  /** Share of settled cases, 0–1, whose judge runs all the same. */
  audit: number;
}

const weights = { heuristic: 0.2, lexical: 0.3, judge: 0.5 };

/** Of scores that no evaluator holds to a threshold of its own. */
export const DEFAULT_THRESHOLDS = { heuristic: 0.5, lexical: 0.6 };

export const DEFAULT_CASCADE: CascadeConfig = {
  mode: 'cascade',
  thresholds: {},
  weights,
  audit: 0,
};

const share = z.number().min(0).max(1);
const thresholds = DEFAULT_THRESHOLDS;

const stageNote = {
  heuristic: 'Checks by rule: text, JSON, tool calls, latency, cost.',
  lexical: 'Comparisons of wording: concepts, edit distance, overlap.',
  judge: 'Verdicts of a model.',
};

export const CASCADE_NOTE =
  'How evaluators run: the cheap ones first, and the expensive ones only if they can still change the verdict.';

export const cascadeFile = z.strictObject({
  mode: z
    .enum(['cascade', 'full'])
    .default(DEFAULT_CASCADE.mode)
    .describe(
      'cascade: stop as soon as the verdict is settled. full: run every evaluator; stage thresholds then decide nothing.',
    ),
  thresholds: z
    .strictObject({
      heuristic: share
        .exactOptional()
        .describe(
          `Minimum score of the heuristic stage. ${stageNote.heuristic} Default: ${thresholds.heuristic}, for scores without a threshold of their own.`,
        ),
      lexical: share
        .exactOptional()
        .describe(
          `Minimum score of the lexical stage. ${stageNote.lexical} Default: ${thresholds.lexical}, for scores without a threshold of their own.`,
        ),
    })
    .prefault({})
    .describe(
      'Minimum score of a stage, 0 to 1; below it a case fails immediately, whatever thresholds its evaluators have.',
    ),
  pass: z
    .strictObject({
      heuristic: share.exactOptional().describe(`Of the heuristic stage. ${stageNote.heuristic}`),
      lexical: share.exactOptional().describe(`Of the lexical stage. ${stageNote.lexical}`),
    })
    .exactOptional()
    .describe(
      'Score of a stage, 0 to 1, from which a case that has not failed passes without asking the judge. Without it, every such case is judged. "touchstone evaluators" fits it to stored runs; set "audit" to keep checking it.',
    ),
  weights: z
    .strictObject({
      heuristic: share.default(weights.heuristic).describe(stageNote.heuristic),
      lexical: share.default(weights.lexical).describe(stageNote.lexical),
      judge: share.default(weights.judge).describe(stageNote.judge),
    })
    .prefault({})
    .describe(
      'Weight of each stage in the total score; the weight of an empty stage is redistributed among the others.',
    ),
  audit: share
    .default(DEFAULT_CASCADE.audit)
    .describe(
      'Share of the settled cases, 0 to 1, that are judged anyway, to measure how often the judge agrees.',
    ),
});
