import path from 'node:path';
import type { Command } from 'commander';
import { TraceError } from '../../../engine/errors.ts';
import { counted } from '../../../engine/model/figures.ts';
import { addCases } from '../../../engine/traces/addCases.ts';
import { type CaseProposal, caseFromTrace } from '../../../engine/traces/caseFromSpan.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import { systemRandom } from '../../../systemRandom.ts';
import { agreedCases, type LeakOptions } from '../../agreedCases.ts';
import { EXIT } from '../../exitCode.ts';
import { openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';

export interface TracesAddOptions extends LeakOptions {
  config?: string;
  to: string;
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
  using opened = await openTraces(options, io.cwd);
  const proposals = ids.map((id) => propose(findTrace(opened, id).tree, id));

  return await write(agreedCases(proposals, options, io), options.to, io);
}

function propose(tree: Parameters<typeof caseFromTrace>[0], id: string): CaseProposal {
  const proposed = caseFromTrace(tree);
  if (proposed) return proposed;
  throw new TraceError(`trace ${id} does not show what its agent was asked`, {
    remedy: 'Let the instrumentation record inputs and outputs; most do so only when asked to.',
  });
}

async function write(cases: CaseProposal['whole'][], to: string, io: Io): Promise<number> {
  const file = { path: path.resolve(io.cwd, to), shownAs: to, random: systemRandom };
  const { added, same, isNew } = await addCases(file, cases);
  for (const id of same) io.err(`case ${sanitizeLine(id)} asks the same; it stays as it is`);
  io.out(`${to}: ${counted(added, 'case')} added${isNew ? ' to a new dataset' : ''}`);
  return EXIT.passed;
}
