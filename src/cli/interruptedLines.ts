import type { RunRecord } from '../engine/model/run.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { againCommand } from './again.ts';
import { EXIT } from './exitCode.ts';
import type { Io } from './terminal/io.ts';

/** Says that a run ended before its end, why, and how it goes on; returns the exit code. */
export function tellInterrupted(
  { id, status }: RunRecord,
  { workspace, trust }: { workspace: Workspace; trust?: boolean },
  io: Io,
): number {
  // What the run was asked for is stored with it; trust is given anew each time.
  const resume = `touchstone eval --resume ${id}${trust ? ' --trust' : ''}`;
  const kept = `everything stored so far is kept; go on with: ${againCommand(resume, workspace, io.cwd)}`;
  const reason = status.state === 'interrupted' ? status.reason : undefined;
  if (reason === undefined) {
    io.err(`interrupted: ${kept}`);
    return EXIT.interrupted;
  }

  io.err(`${io.errStyle.red('stopped')} ${reason}`);
  io.err(`  ${kept}`);
  return EXIT.failed;
}
