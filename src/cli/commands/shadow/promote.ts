import path from 'node:path';
import { type Command, Option } from 'commander';
import { type PromotedAnswers, promotedPairs } from '../../../engine/gateway/pairs/promotedPairs.ts';
import { counted } from '../../../engine/model/figures.ts';
import { findRun } from '../../../engine/store/findRun.ts';
import { addCases } from '../../../engine/traces/addCases.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { agreedCases, type LeakOptions } from '../../agreedCases.ts';
import { EXIT } from '../../exitCode.ts';
import { openEngine } from '../../openEngine.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';

interface PromoteOptions extends LeakOptions {
  config?: string;
  to: string;
  only?: 'changed' | 'better' | 'worse';
  pair?: string[];
  answers: PromotedAnswers;
  json?: boolean;
}

/** `touchstone shadow promote`: its arguments and options. */
export function addShadowPromote(shadow: Command, act: RunAction): void {
  shadow
    .command('promote')
    .description('add pairs of a shadow to a golden dataset, each as a case')
    .argument('<run>', 'the run that holds the pairs: its id, or the beginning of it')
    .requiredOption('--to <file>', 'the dataset to add them to; a new one where there is no such file')
    .addOption(
      new Option(
        '--only <pairs>',
        'only pairs that changed, or those where the shadow is better or worse',
      ).choices(['changed', 'better', 'worse']),
    )
    .option('--pair <ids...>', 'only these pairs')
    .addOption(
      new Option('--answers <side>', 'whose answer becomes the expected one')
        .choices(['primary', 'candidate', 'none'])
        .default('none'),
    )
    .option('--redact', 'replace secrets and personal data that are found')
    .option('--keep', 'write them as they are')
    .option('--json', 'print JSON')
    .addOption(configOption())
    .action((run, options) => act((io) => promote(run, options, io)));
}

async function promote(run: string, options: PromoteOptions, io: Io): Promise<number> {
  const { only, pair: ids, answers, to } = options;
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const engine = openEngine(workspace, { commands: false, scripts: false }, { access: 'read' });
  try {
    const { id } = findRun(engine.store, run);
    const { proposals, notKept } = promotedPairs(engine.store, id, {
      ...(only === undefined ? {} : { only }),
      ...(ids === undefined ? {} : { ids }),
      answers,
    });
    const cases = agreedCases(proposals, options, io);
    const file = { path: path.resolve(io.cwd, to), shownAs: to, random: systemRandom };
    const { added, same, isNew } = await addCases(file, cases);

    if (options.json) {
      const result = { run: id, dataset: to, added, duplicates: same.length, not_kept: notKept, new: isNew };
      io.out(JSON.stringify(result, null, 2));
    } else for (const line of linesOf({ to, added, same: same.length, notKept, isNew })) io.out(line);
    return EXIT.passed;
  } finally {
    engine.close();
  }
}

function linesOf(done: {
  to: string;
  added: number;
  same: number;
  notKept: number;
  isNew: boolean;
}): string[] {
  const { to, added, same, notKept, isNew } = done;
  return [
    `${to}: ${counted(added, 'case')} added${isNew && added > 0 ? ' to a new dataset' : ''}`,
    ...(same === 0 ? [] : [`${counted(same, 'pair asks', 'pairs ask')} the same as a case that is there`]),
    ...(notKept === 0
      ? []
      : [`${counted(notKept, 'pair was', 'pairs were')} left out: the route does not keep what was asked`]),
  ];
}
