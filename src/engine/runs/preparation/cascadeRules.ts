import type { Evaluator, EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { type CaseScoring, caseScoring } from '../../evaluators/scoring/caseScoring.ts';
import type { CaseLimits } from '../../evaluators/scoring/verdict.ts';
import { isWorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { DEFAULT_THRESHOLDS } from '../../suites/config/cascadeConfig.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { RunInputs } from '../execution/runInputs.ts';
import { limitsOn } from './caseLimits.ts';

/** How the evaluations of a case make its verdict: by the suite's cascade, and by what the case says itself. */
export function cascadeRules(
  suite: Pick<SuiteConfig, 'cascade' | 'threshold'>,
  { scripts }: Pick<EvaluatorDeps, 'scripts'>,
): RunInputs['cascadeFor'] {
  const { mode, thresholds, pass, weights } = suite.cascade;

  return (entry, evaluators) => {
    const min = entry.threshold ?? suite.threshold;
    return {
      mode,
      thresholds,
      defaultThresholds: DEFAULT_THRESHOLDS,
      ...defined({ pass }),
      weights,
      rule: min === undefined ? { kind: 'all' } : { kind: 'threshold', min },
      ...limitsOf(entry, evaluators),
      ...scoringFor(entry, scripts),
    };
  };
}

function limitsOf(entry: GoldenCase, evaluators: readonly Evaluator[]): { limits?: CaseLimits } {
  if (entry.evaluation_criteria === undefined) return {};
  return {
    limits: limitsOn(
      entry,
      evaluators.map(({ spec }) => spec),
    ),
  };
}

/** The function of the case's own that makes its verdict, where it has one. */
function scoringFor(
  { assertScoringFunction: script }: GoldenCase,
  scripts: EvaluatorDeps['scripts'],
): { scoring?: CaseScoring } {
  if (!isWorkspaceScript(script)) return {};
  return { scoring: caseScoring(script, scripts) };
}
