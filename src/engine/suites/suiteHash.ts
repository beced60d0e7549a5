import { contentHash } from '../model/hash.ts';
import type { SuiteConfig } from './config/suiteConfig.ts';
import { evaluatorFiles } from './evaluators/evaluatorFiles.ts';

/**
 * SHA-256 over everything in a suite that decides a verdict: evaluators with the files they refer to, the code that
 * these load (`code`: path → hash), cascade, threshold and judge. Names, places and the gate do not count. `readFile`
 * is given references relative to the workspace; what it throws is thrown on.
 */
export function suiteHash(
  suite: Pick<
    SuiteConfig,
    | 'evaluators'
    | 'defaultEvaluators'
    | 'cascade'
    | 'threshold'
    | 'scoreFallbacks'
    | 'judgeModel'
    | 'judges'
    | 'embeddingsModel'
  >,
  readFile: (reference: string) => string,
  code: { [path: string]: string } = {},
): string {
  return contentHash({
    evaluators: suite.evaluators.map((spec) => ({
      type: spec.type,
      name: spec.name,
      negated: spec.negated,
      options: spec.options,
      weight: spec.weight,
      metric: spec.metric,
      transform: spec.transform,
      files: evaluatorFiles(spec).map(({ reference }) => readFile(reference)),
    })),
    defaultEvaluators: suite.defaultEvaluators,
    cascade: suite.cascade,
    threshold: suite.threshold,
    scoreFallbacks: suite.scoreFallbacks,
    judgeModel: suite.judgeModel,
    embeddingsModel: suite.embeddingsModel,
    judges: judgesOf(suite, readFile),
    ...(Object.keys(code).length === 0 ? {} : { code }),
  });
}

/** Judges that are no models, with the modules that they are; undefined where there are none. */
function judgesOf({ judges }: Pick<SuiteConfig, 'judges'>, readFile: (reference: string) => string) {
  if (!judges) return undefined;
  return Object.entries(judges).map(([reference, { identity: call, file }]) =>
    file === undefined ? { reference, call } : { reference, call, text: readFile(file) },
  );
}
