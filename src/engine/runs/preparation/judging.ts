import { type Dataset, openDataset } from '../../datasets/dataset.ts';
import { memoryDataset } from '../../datasets/read/memoryDataset.ts';
import type { EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { createPatternMatcher } from '../../evaluators/patterns/patternMatcher.ts';
import { resolveInside } from '../../files/confine.ts';
import { readText } from '../../files/readText.ts';
import { defined } from '../../model/defined.ts';
import type { Problem } from '../../model/problem.ts';
import type { Trust } from '../../ports.ts';
import type { FileReference } from '../../suites/config/fileReference.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { caseCallsFor } from '../../suites/evaluators/defaultEvaluators.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { RunInputs } from '../execution/runInputs.ts';
import { caseOrder } from '../ordered/caseOrder.ts';
import { cascadeRules } from './cascadeRules.ts';
import { caseEvaluators } from './caseEvaluators.ts';
import { ensureMeasured } from './ensureMeasured.ts';
import { judgeCatalog } from './judgeCatalog.ts';
import { type JudgingPlan, planJudging } from './judgingPlan.ts';
import { stillRandom } from './recordedRun.ts';
import type { RunOverrides } from './runOverrides.ts';
import { placeOf, type RunScope } from './runScope.ts';
import { warnOfUnmeasuredLimits } from './unmeasuredLimits.ts';

/** The half of a run that asks and judges: cases and evaluators, whatever is tested. */
export interface Judging {
  suite: SuiteConfig;
  /** What it gives to the inputs of a run. */
  inputs: Pick<
    RunInputs,
    'source' | 'evaluatorsFor' | 'cascadeFor' | 'auditShare' | 'scoreFallbacks' | 'programs' | 'order'
  >;
  plan: JudgingPlan;
  /** Its evaluators run programs, which may read any file of the workspace. */
  readsFiles: boolean;
  warnings: readonly Problem[];
  /** Ends judges and workers; idempotent. */
  close(): Promise<void>;
}

interface JudgingParts {
  workspace: Workspace;
  suite: SuiteConfig;
  /** One of the suite's. */
  dataset: FileReference;
  overrides: Pick<RunOverrides, 'judge' | 'withoutJudge'>;
}

/** Opens the dataset, checks all of it, and creates the evaluators. Throws UserErrors. */
export async function prepareJudging(
  { workspace, suite, dataset: reference, overrides }: JudgingParts,
  scope: RunScope,
  signal: AbortSignal,
): Promise<Judging> {
  const { root } = workspace;
  const open = scope.ports.openDataset ?? openDataset;
  const dataset = suite.cases
    ? memoryDataset(reference.path, suite.cases)
    : await open(reference.absolute, { root, signal });
  const { deps, close } = openDeps(workspace, suite, overrides, scope);

  try {
    const evaluatorsFor = caseEvaluators({
      specs: suite.evaluators,
      takesPart: (spec, entry) => !suite.defaultEvaluators || caseCallsFor(spec.type, entry),
      withoutJudge: overrides.withoutJudge ?? false,
      deps,
    });

    if (suite.defaultEvaluators) await ensureMeasured(dataset, suite, evaluatorsFor, signal);
    const plan = await planJudging({ workspace, suite, dataset, readFile: deps.readFile }, signal);
    const order = caseOrder(suite);

    return {
      suite,
      plan,
      inputs: {
        source: dataset,
        evaluatorsFor,
        cascadeFor: cascadeRules(suite, deps),
        auditShare: suite.cascade.audit,
        scoreFallbacks: suite.scoreFallbacks ?? false,
        programs: scope.ports.programs.upTo(suite.maxConcurrency),
        ...defined({ order }),
      },
      readsFiles: readsFiles(suite, dataset, scope.ports.trust),
      warnings: [...dataset.warnings, ...(await warnOfUnmeasuredLimits(suite, dataset, signal))],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How a promptfoo configuration names its judge. */
const PROMPTFOO_JUDGE =
  'Name one as provider in defaultTest.options, in the options of the test or in the assertion, or use --judge provider/model.';

/** Limit for a pattern that linear time cannot run, and for a script, in milliseconds. */
const PATTERN_LIMIT_MS = 1_000;

/** What evaluators are made with; script runners are the scope's to close. */
function openDeps(
  workspace: Workspace,
  suite: SuiteConfig,
  { judge }: Pick<RunOverrides, 'judge'>,
  scope: RunScope,
): { deps: EvaluatorDeps; close(): Promise<void> } {
  const { root, configPath } = workspace;
  const place = placeOf(workspace);
  const judges = judgeCatalog(suite, scope.targetPorts(place, undefined), judge);
  const patterns = createPatternMatcher({ timeoutMs: PATTERN_LIMIT_MS });
  const { random } = scope.ports;
  const deps: EvaluatorDeps = {
    models: judges,
    embeddings: scope.models(place),
    embeddingsModel: suite.embeddingsModel,
    judgeModel: suite.judgeModel,
    ...(suite.cases ? { judgeHint: PROMPTFOO_JUDGE } : {}),
    patterns,
    scripts: scope.runners(place),
    // A judge must be asked the same question again to find its recorded answer, or the cached one.
    random: scope.recordings || place.caches?.exact?.judges ? stillRandom(random) : random,
    readFile: (file) => readText(resolveInside(root, file, { path: configPath ?? '.' })),
  };

  return {
    deps,
    close: async () => {
      judges.close();
      await patterns.close();
    },
  };
}

/** Scripts are no sandbox: what is imported stands in their hash, and what they read does not. */
function readsFiles(suite: SuiteConfig, dataset: Dataset, trust: Trust): boolean {
  const isScript = ({ type }: { type: string }) => type === 'python' || type === 'javascript';
  const inSet = suite.evaluators.some(({ options }) => JSON.stringify(options).includes('file://'));
  return trust.scripts && (suite.evaluators.some(isScript) || inSet || dataset.mentionsFiles);
}
