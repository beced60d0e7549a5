import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { appendCases } from '../../engine/datasets/import/appendCases.ts';
import { openImport } from '../../engine/datasets/import/importCases.ts';
import { writeDataset } from '../../engine/datasets/import/writeDataset.ts';
import { UsageError } from '../../engine/errors.ts';
import { readText } from '../../engine/files/readText.ts';
import { writeAtomic } from '../../engine/files/writeAtomic.ts';
import type { GoldenCase } from '../../engine/model/case.ts';
import { defined } from '../../engine/model/defined.ts';
import { counted } from '../../engine/model/figures.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { tallyLines } from '../views/tally.ts';

export interface ImportOptions {
  from?: string;
  map?: string[];
  output: string;
  append?: boolean;
  force?: boolean;
}

type Opened = Awaited<ReturnType<typeof openImport>>;

/** `touchstone import`: its arguments and options. */
export function addImport(program: Command, act: RunAction): void {
  program
    .command('import')
    .description('convert data of another tool into a golden dataset, or add it to one')
    .argument('<files...>', 'YAML, JSON, JSONL or CSV files')
    .requiredOption('-o, --output <file>', 'the dataset to write: .golden.yaml, .json or .jsonl')
    .option('--from <format>', 'the tool that wrote the files (default: detected from their fields)')
    .option(
      '--map <field=place>',
      'instead of --from: map a field, such as --map question=input --map answer=expected_output.answer; repeatable',
      (field: string, before: string[] = []) => [...before, field],
    )
    .option('--append', 'add the cases that the dataset does not contain yet')
    .option('--force', 'overwrite an existing file')
    .action((files, options) => act((io) => importFiles(files, options, io)));
}

/** Writes cases of other tools into a new golden dataset, or adds them to one. */
async function importFiles(files: string[], options: ImportOptions, io: Io): Promise<number> {
  const target = path.resolve(io.cwd, options.output);
  const exists = existsSync(target);
  if (exists && !options.append && !options.force) {
    throw new UsageError('the file already exists', {
      where: { path: options.output },
      remedy: 'Overwrite it with --force, add to it with --append, or choose another name.',
    });
  }
  const { signal, release } = onInterrupt(io);
  try {
    const opened = await openImport({
      files: files.map((file) => ({ path: path.resolve(io.cwd, file), shownAs: file })),
      ...defined({ from: options.from, map: options.map }),
      signal,
    });
    if (exists && options.append) await append(opened, target, options.output, io);
    else await write(opened, files, target, options.output, io);
    for (const line of tallyLines(opened.tally)) io.err(line);
    return EXIT.passed;
  } finally {
    release();
  }
}

async function write(
  { formats, batches }: Opened,
  files: readonly string[],
  target: string,
  shownAs: string,
  io: Io,
): Promise<void> {
  const name = path.basename(shownAs).replace(/(\.golden)?\.[^.]+$/, '');
  const sources = files.map((file) => path.basename(file));
  const shown = sources.length > 3 ? `${sources.length} files` : sources.join(', ');
  const metadata = { name, description: `Imported from ${shown} (${formats.join(', ')}).` };
  // A link is followed, so that it is its file that is replaced.
  const real = existsSync(target) ? realpathSync(target) : target;
  const count = await writeDataset({ path: real, shownAs, metadata, random: systemRandom }, batches());
  io.out(`${sanitizeLine(shownAs)}: ${counted(count, 'case')} from ${formats.join(', ')}`);
}

async function append({ formats, batches }: Opened, target: string, shownAs: string, io: Io): Promise<void> {
  const imported: GoldenCase[] = [];
  for await (const batch of batches()) imported.push(...batch);
  const before = readText(target, shownAs);
  const result = await appendCases({ path: shownAs, text: before }, imported);
  if (result.text !== before) writeAtomic(realpathSync(target), result.text, systemRandom);
  const version = result.version ? `, version ${result.version.from} → ${result.version.to}` : '';
  io.out(
    `${sanitizeLine(shownAs)}: ${counted(result.added, 'case')} added from ${formats.join(', ')}${version}`,
  );
  if (result.same.length > 0) io.err(`  already present: ${counted(result.same.length, 'case')}`);
  if (result.different.length > 0) {
    const ids = result.different.slice(0, 5).map((id) => sanitizeLine(id));
    const more = result.different.length > ids.length ? ', …' : '';
    io.err(`  kept unchanged, although the import differs: ${ids.join(', ')}${more}`);
  }
}
