import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addTracesAdd } from './traces/add.ts';
import { addTracesCompare } from './traces/compare.ts';
import { addTracesDoctor } from './traces/doctor.ts';
import { addTracesImport } from './traces/import.ts';
import { addTracesList } from './traces/list.ts';
import { addTracesShow } from './traces/show.ts';
import { addTracesTail } from './traces/tail.ts';

/** `touchstone traces`: the traces of runs, and those that agents sent. */
export function addTraces(program: Command, act: RunAction): void {
  const traces = program
    .command('traces')
    .description('list, show and follow traces: those of runs, and those that agents sent over OTLP');

  addTracesList(traces, act);
  addTracesShow(traces, act);
  addTracesTail(traces, act);
  addTracesDoctor(traces, act);
  addTracesCompare(traces, act);
  addTracesImport(traces, act);
  addTracesAdd(traces, act);
}
