import path from 'node:path';
import type { Command } from 'commander';
import { appendCases } from '../../../engine/datasets/import/appendCases.ts';
import { TraceError, UsageError } from '../../../engine/errors.ts';
import { readText } from '../../../engine/files/readText.ts';
import { writeAtomic } from '../../../engine/files/writeAtomic.ts';
import { counted } from '../../../engine/model/figures.ts';
import { type CaseProposal, caseFromTrace, sameInput } from '../../../engine/traces/caseFromSpan.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
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
    .requiredOption('--to <file>', 'the dataset to add them to')
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
  for (const { path: at, kind, value } of found)
    io.err(`${sanitizeLine(at.join('.'))}: ${kind} ${sanitizeLine(hidden(value))}`);
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
  const source = { path: to, text: readText(file, to) };
  const asked = new Set<string>();
  const fresh = cases.filter((entry) => {
    const same = sameInput(source, entry) ?? (asked.has(entry.id) ? entry.id : undefined);
    asked.add(entry.id);
    if (same !== undefined) io.err(`case ${sanitizeLine(same)} asks the same; it stays as it is`);
    return same === undefined;
  });

  const { text, added } = await appendCases(source, fresh);
  if (added > 0) writeAtomic(file, text, systemRandom);
  io.out(`${to}: ${counted(added, 'case')} added`);
  return EXIT.passed;
}

/** Enough to recognise it by. */
function hidden(value: string): string {
  return `${value.slice(0, 2)}…`;
}
