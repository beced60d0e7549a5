import type { Command } from 'commander';
import { studyRun } from '../../engine/compare/evaluators/studyRun.ts';
import { defined } from '../../engine/model/defined.ts';
import { findRun } from '../../engine/store/findRun.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { share } from '../options/amounts.ts';
import { configOption } from '../options/common.ts';
import type { RunAction } from '../runAction.ts';
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

/** `touchstone evaluators`: its arguments and options. */
export function addEvaluators(program: Command, act: RunAction): void {
  program
    .command('evaluators')
    .description(
      'analyse the evaluators of a stored run: agreement, judge health, and what a cascade could save',
    )
    .argument('[run]', 'a run id or its beginning, a suite name, or latest (default: latest)')
    .addOption(configOption())
    .option('--between <names...>', 'compare only these two, and list the outputs on which they disagree')
    .option('--again <run>', 'a run that judged the same outputs again, to measure consistency')
    .option('--agreement <share>', 'agreement with the judge that cascade thresholds must keep', share, 0.95)
    .option('--json', 'print JSON')
    .action((run, options) => act((io) => evaluators(run, options, io)));
}

/** How the evaluators of a stored run agree, whether its judges can be relied on, and what the cascade could save. */
async function evaluators(given: string | undefined, asked: EvaluatorsOptions, io: Io): Promise<number> {
  const { runId, options } = withoutThird(given, asked);
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace } = await openWorkspace([], options, io.cwd, signal);
    const engine = openEngine(workspace, { commands: false, scripts: false }, { access: 'read' });
    try {
      const { id } = findRun(engine.store, runId ?? 'latest');
      const { between, again, agreement } = options;
      const study = await studyRun({ store: engine.store, root: workspace.root, signal }, id, {
        agreement,
        ...defined({ between }),
        ...(again === undefined ? {} : { again: findRun(engine.store, again).id }),
      });
      if (options.json) {
        io.out(JSON.stringify(study, null, 2));
        return EXIT.passed;
      }
      const lines = [
        ...agreementLines(study.agreements, between !== undefined, io),
        ...healthLines(study.judges, io),
        ...calibrationLines(study.calibrations, agreement, io),
        ...study.notes,
      ];
      for (const line of lines) io.out(line);
      if (lines.length === 0) io.out('fewer than two evaluators scored outputs in this run');
      return EXIT.passed;
    } finally {
      engine.close();
    }
  } finally {
    release();
  }
}

/** `--between` names two evaluators; what stands behind them is the run. */
function withoutThird(
  runId: string | undefined,
  options: EvaluatorsOptions,
): { runId: string | undefined; options: EvaluatorsOptions } {
  const { between = [] } = options;
  if (runId !== undefined || between.length !== 3) return { runId, options };
  const [, , run] = between;
  return { runId: run, options: { ...options, between: between.slice(0, 2) } };
}
