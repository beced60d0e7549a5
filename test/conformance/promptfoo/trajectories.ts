import type { EvaluatorDeps } from '../../../src/engine/evaluators/evaluator.ts';
import { createPatternMatcher } from '../../../src/engine/evaluators/patterns/patternMatcher.ts';
import { createEvaluators } from '../../../src/engine/evaluators/registry.ts';
import { parseAssertion } from '../../../src/engine/evaluators/specs/specs.ts';
import type { JsonObject, JsonValue } from '../../../src/engine/model/json.ts';
import { emptyOutput } from '../../../src/engine/model/output.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import type { Verdict } from './verdict.ts';

/** Tools that an agent used, and an assertion about them. */
export interface Trajectory {
  name: string;
  steps: { name: string; args?: JsonValue }[];
  assertion: JsonObject;
  /** What the agent reports in `metadata.skillCalls`. */
  skills?: JsonObject[];
  /** `options` of its test in promptfoo: who judges. */
  options?: JsonObject;
}

/** Who judges here. */
type Judge = Pick<EvaluatorDeps, 'models' | 'judgeModel'>;

const NOBODY: Judge = {
  models: {
    client: () => {
      throw new Error('no model');
    },
  },
  judgeModel: undefined,
};

/** The verdicts of this program, one for each trajectory. */
export async function judgeOurs(
  trajectories: readonly Trajectory[],
  judge: Judge = NOBODY,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const trajectory of trajectories) verdicts.push(await judgeOne(trajectory, judge));
  return verdicts;
}

async function judgeOne({ name, steps, assertion, skills }: Trajectory, judge: Judge): Promise<Verdict> {
  const patterns = createPatternMatcher({ timeoutMs: 1_000 });
  const deps = {
    ...judge,
    patterns,
    scripts: undefined,
    random: { next: () => 0, hex: () => '' },
    readFile: () => '',
  };
  try {
    const [evaluator] = createEvaluators(
      [parseAssertion(assertion, { path: name, line: 1, column: 1 })],
      deps,
    );
    const output = {
      ...emptyOutput(),
      status: 'complete' as const,
      text: 'done',
      ...(skills === undefined ? {} : { metadata: { skillCalls: skills } }),
      steps: steps.map((step) => ({
        type: 'tool' as const,
        name: step.name,
        ...(step.args === undefined ? {} : { arguments: step.args }),
      })),
    };
    const context = { signal: new AbortController().signal, span: noSpan };
    const score = await evaluator?.evaluate({ case: { id: name }, output }, context);
    return score?.status === 'scored'
      ? { name, pass: score.pass, score: score.score }
      : { name, pass: false, score: null };
  } catch {
    return { name, pass: false, score: null };
  } finally {
    await patterns.close();
  }
}
