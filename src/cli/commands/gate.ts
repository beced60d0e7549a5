import type { Command } from 'commander';
import type { RunAction } from '../runAction.ts';
import { addGateServe } from './gate/serve.ts';

/** `touchstone gate`: gates for other programs. */
export function addGate(program: Command, act: RunAction): void {
  const gate = program.command('gate').description('answer what gates say to other deployment controllers');
  addGateServe(gate, act);
}
