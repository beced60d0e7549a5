import { compareEvaluators } from '../../engine/compare/evaluators/agreement.ts';
import { calibrateCascade } from '../../engine/compare/evaluators/calibrate.ts';
import { judgeHealth } from '../../engine/compare/evaluators/judgeHealth.ts';
import { evaluatorNames } from '../../engine/compare/evaluators/ratings.ts';
import { UsageError } from '../../engine/errors.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import { EXIT } from '../exitCode.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import type { Io } from '../terminal/io.ts';
import { agreementLines, calibrationLines, healthLines } from '../views/evaluatorStudy.ts';

export interface EvaluatorsOptions {
  config?: string;
  /** Two names. */
  between?: string[];
  again?: string;
  agreement: number;
  json?: boolean;
}

const STAGES = ['heuristic', 'lexical'] as const;

/** How the evaluators of a stored run agree, whether its judges can be relied on, and what the cascade could save. */
export async function evaluators(
  runId: string | undefined,
  options: EvaluatorsOptions,
  io: Io,
): Promise<number> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const engine = openEngine(workspace, { commands: false, scripts: false });
  try {
    const id = runId ?? engine.store.listRuns(1)[0]?.id;
    if (id === undefined)
      throw new UsageError('no run is stored yet', { remedy: 'Make one with: touchstone eval' });
    const { plan } = engine.store.getRun(id);
    const results = [...engine.store.results(id)];
    const again = options.again === undefined ? undefined : [...engine.store.results(options.again)];
    const study = {
      agreements: pairsOf(results, options).map(([first, second]) =>
        compareEvaluators(results, { first, second }),
      ),
      judges: judgesOf(results).map((judge) => judgeHealth(results, { judge, ...(again ? { again } : {}) })),
      calibrations: STAGES.flatMap(
        (stage) => calibrateCascade(results, { stage, agreement: options.agreement, seed: plan.seed }) ?? [],
      ),
    };
    if (options.json) {
      io.out(JSON.stringify({ run: id, ...study }, null, 2));
      return EXIT.passed;
    }
    const lines = [
      ...agreementLines(study.agreements, options.between !== undefined, io),
      ...healthLines(study.judges, io),
      ...calibrationLines(study.calibrations, options.agreement, io),
    ];
    for (const line of lines) io.out(line);
    if (lines.length === 0) io.out('fewer than two evaluators have scored anything in this run');
    return EXIT.passed;
  } finally {
    engine.close();
  }
}

/** The pair that was asked for, or all of them. Throws UsageError for a name that the run does not have. */
function pairsOf(results: readonly TrialResult[], { between }: EvaluatorsOptions): [string, string][] {
  const names = evaluatorNames(results);
  const unknown = between?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no evaluator ${unknown} has scored anything in this run`, {
      remedy: `Choose from: ${names.join(', ') || '(none)'}`,
    });
  }
  const [first, second] = between ?? [];
  if (first !== undefined && second !== undefined && between?.length === 2) return [[first, second]];
  if (between)
    throw new UsageError('--between needs two evaluators', { remedy: `Choose from: ${names.join(', ')}` });
  return names.flatMap((one, at) => names.slice(at + 1).map((two): [string, string] => [one, two]));
}

function judgesOf(results: readonly TrialResult[]): string[] {
  const names = new Set<string>();
  for (const { evaluations } of results)
    for (const { name, stage } of evaluations) if (stage === 'judge') names.add(name);
  return [...names];
}
