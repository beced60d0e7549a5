import type { Command } from 'commander';
import { readDatasetVersion } from '../../engine/datasets/diff/datasetVersion.ts';
import { diffDatasets } from '../../engine/datasets/diff/diffDatasets.ts';
import { NotInRevision } from '../../engine/datasets/diff/gitFile.ts';
import { resolveSides } from '../../engine/datasets/diff/resolveSides.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { datasetDiffLines } from '../views/datasetDiff.ts';

export interface DiffDatasetOptions {
  check?: boolean;
  json?: boolean;
}

/** `touchstone diff-dataset`: its arguments and options. */
export function addDiffDataset(program: Command, act: RunAction): void {
  program
    .command('diff-dataset')
    .description('compare two versions of a golden dataset, and suggest the new version number')
    .argument(
      '<before>',
      'a file, a revision, or REVISION:path as in Git; a file alone is compared with HEAD',
    )
    .argument('[after]', 'a file, a revision, or REVISION:path')
    .option('--check', 'exit with 1 if the content changed and the version was not raised enough')
    .option('--json', 'print JSON')
    .action((before, after, options) => act((io) => diffDataset(before, after, options, io)));
}

/** Compares two versions of a dataset; one alone is compared with the last commit. */
async function diffDataset(
  first: string,
  second: string | undefined,
  options: DiffDatasetOptions,
  io: Io,
): Promise<number> {
  const { signal, release } = onInterrupt(io);
  try {
    const [before, after] = second === undefined ? ['HEAD', first] : [first, second];
    const [from, to] = await resolveSides(before, after, { cwd: io.cwd, signal });
    const diff = diffDatasets(await readDatasetVersion(from, signal), await readDatasetVersion(to, signal));
    if (options.json) io.out(JSON.stringify(diff, null, 2));
    else for (const line of datasetDiffLines(diff, io.style)) io.out(line);
    return options.check && !diff.version.enough ? EXIT.failed : EXIT.passed;
  } catch (error) {
    // A dataset that is new since has no version to be held to.
    if (!(error instanceof NotInRevision && second === undefined)) throw error;
    io.out(`${sanitizeLine(first)} is new: ${sanitizeLine(error.message)}`);
    return EXIT.passed;
  } finally {
    release();
  }
}
