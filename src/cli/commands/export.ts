import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { openDataset } from '../../engine/datasets/dataset.ts';
import { exportDataset, exportFormat } from '../../engine/datasets/export/exportDataset.ts';
import { UsageError } from '../../engine/errors.ts';
import { writeStaged } from '../../engine/files/writeStaged.ts';
import { counted } from '../../engine/model/figures.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { tallyLines } from '../views/tally.ts';

export interface ExportOptions {
  to: string;
  output?: string;
  force?: boolean;
}

/** `touchstone export`: its arguments and options. */
export function addExport(program: Command, act: RunAction): void {
  program
    .command('export')
    .description('convert a golden dataset to the format of another tool')
    .argument('<file>', 'the golden dataset')
    .requiredOption('--to <format>', 'the format: promptfoo or openai-evals')
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'overwrite an existing file')
    .action((file, options) => act((io) => exportFile(file, options, io)));
}

/** Writes a golden dataset in the format of another tool, to a file or to standard output. */
async function exportFile(file: string, options: ExportOptions, io: Io): Promise<number> {
  const format = exportFormat(options.to);
  const { output } = options;
  const target = output === undefined ? undefined : path.resolve(io.cwd, output);
  if (target !== undefined && existsSync(target) && !options.force) {
    throw new UsageError('the file already exists', {
      where: { path: output ?? '' },
      remedy: 'Overwrite it with --force, or choose another name.',
    });
  }
  const { signal, release } = onInterrupt(io);
  try {
    const dataset = await openDataset(path.resolve(io.cwd, file), { root: io.cwd, signal });
    const { tally, pieces } = exportDataset(dataset, format, signal);
    if (target === undefined || output === undefined) {
      for await (const piece of pieces()) io.out(piece.trimEnd());
    } else {
      // A link is followed, so that it is its file that is replaced.
      const real = existsSync(target) ? realpathSync(target) : target;
      await writeStaged({ path: real, shownAs: output, random: systemRandom }, async (write) => {
        for await (const piece of pieces()) write(piece);
      });
      io.out(`${sanitizeLine(output)}: ${counted(dataset.count, 'case')} as ${format.title}`);
    }
    for (const line of tallyLines(tally)) io.err(line);
    return EXIT.passed;
  } finally {
    release();
  }
}
