import path from 'node:path';
import type { Command } from 'commander';
import { appendCases } from '../../../engine/datasets/import/appendCases.ts';
import { writeDataset } from '../../../engine/datasets/import/writeDataset.ts';
import { TraceError, UsageError } from '../../../engine/errors.ts';
import { readText } from '../../../engine/files/readText.ts';
import { statPath } from '../../../engine/files/statPath.ts';
import { writeAtomic } from '../../../engine/files/writeAtomic.ts';
import { counted } from '../../../engine/model/figures.ts';
import { type CaseProposal, caseFromTrace, sameInput } from '../../../engine/traces/caseFromSpan.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import type { SensitivePlace } from '../../../engine/traces/sensitiveData.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { EXIT } from '../../exitCode.ts';
import { openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';

export interface TracesAddOptions {
  config?: string;
  to: string;
  redact?: boolean;
  keep?: boolean;
}

/** `touchstone traces add`: its arguments and options. */
export function addTracesAdd(traces: Command, act: RunAction): void {
  traces
    .command('add')
    .description('add traces to a golden dataset, each as a case')
    .argument('<traces...>', 'trace ids, or their beginnings')
    .requiredOption('--to <file>', 'the dataset to add them to; a new one where there is no such file')
    .option('--redact', 'replace secrets and personal data that are found')
    .option('--keep', 'write them as they are')
    .addOption(configOption())
    .action((ids, options) => act((io) => add(ids, options, io)));
}

async function add(ids: string[], options: TracesAddOptions, io: Io): Promise<number> {
  if (options.redact && options.keep)
    throw new UsageError('--redact and --keep cannot be combined', { remedy: 'Use one of them.' });
  using opened = await openTraces(options, io.cwd);
  const proposals = ids.map((id) => propose(findTrace(opened, id).tree, id));

  const found = proposals.flatMap(({ sensitive }) => sensitive);
  for (const { sensitive } of proposals)
    for (const place of sensitive)
      io.err(
        `${sanitizeLine(shownPath(place, sensitive))}: ${place.kind} ${sanitizeLine(hidden(place.value))}`,
      );
  if (found.length > 0 && !options.redact && !options.keep)
    throw new UsageError(
      `${counted(found.length, 'secret or personal detail', 'secrets or personal details')} found, so nothing was written`,
      {
        remedy: 'Replace them with --redact, or write them as they are with --keep.',
      },
    );

  return await write(
    proposals.map((one) => (options.keep ? one.whole : one.redacted)),
    options.to,
    io,
  );
}

function propose(tree: Parameters<typeof caseFromTrace>[0], id: string): CaseProposal {
  const proposed = caseFromTrace(tree);
  if (proposed) return proposed;
  throw new TraceError(`trace ${id} does not show what its agent was asked`, {
    remedy: 'Let the instrumentation record inputs and outputs; most do so only when asked to.',
  });
}

async function write(cases: CaseProposal['whole'][], to: string, io: Io): Promise<number> {
  const file = path.resolve(io.cwd, to);
  const source = isThere(file, to) ? { path: to, text: readText(file, to) } : undefined;
  const asked = new Set<string>();
  const fresh = cases.filter((entry) => {
    const known = asked.has(entry.id) ? entry.id : undefined;
    const same = (source && sameInput(source, entry)) ?? known;
    asked.add(entry.id);
    if (same !== undefined) io.err(`case ${sanitizeLine(same)} asks the same; it stays as it is`);
    return same === undefined;
  });

  const added = source
    ? await append(source, fresh, file)
    : await writeDataset({ path: file, shownAs: to, metadata: {}, random: systemRandom }, only(fresh));
  io.out(`${to}: ${counted(added, 'case')} added${source ? '' : ' to a new dataset'}`);
  return EXIT.passed;
}

async function append(
  source: { path: string; text: string },
  fresh: CaseProposal['whole'][],
  file: string,
): Promise<number> {
  const { text, added } = await appendCases(source, fresh);
  if (added > 0) writeAtomic(file, text, systemRandom);
  return added;
}

/** An empty file is none yet. */
function isThere(file: string, shownAs: string): boolean {
  const found = statPath(file, shownAs);
  return found !== undefined && !(found.isFile() && found.size === 0);
}

async function* only<T>(batch: T): AsyncGenerator<T> {
  yield batch;
}

/** Keys may be what must not be shown. */
function shownPath({ path: at, inKey }: SensitivePlace, all: readonly SensitivePlace[]): string {
  const parts = at.map((part, index) => {
    const isFound = all.some(
      (place) =>
        place.inKey && place.path.length === index + 1 && place.path.every((key, depth) => key === at[depth]),
    );
    return isFound ? hidden(String(part)) : part;
  });
  return inKey ? `key of ${parts.slice(0, -1).join('.')}` : parts.join('.');
}

/** Enough to recognise it by. */
function hidden(value: string): string {
  return `${value.slice(0, 2)}…`;
}
