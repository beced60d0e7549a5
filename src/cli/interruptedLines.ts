import type { RunRecord } from '../engine/model/run.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { againCommand } from './again.ts';
import { EXIT } from './exitCode.ts';
import type { Io } from './terminal/io.ts';

/** Reports that a run was interrupted, why, and how to resume it; returns the exit code. */
export function tellInterrupted(
  { id, status }: RunRecord,
  { workspace, trust }: { workspace: Workspace; trust?: boolean },
  io: Io,
): number {
  // The request is stored with the run; trust must be given each time.
  const resume = `touchstone eval --resume ${id}${trust ? ' --trust' : ''}`;
  const kept = `results so far are stored; resume with: ${againCommand(resume, workspace, io.cwd)}`;
  const reason = status.state === 'interrupted' ? status.reason : undefined;
  if (reason === undefined) {
    io.err(`interrupted: ${kept}`);
    return EXIT.interrupted;
  }

  io.err(`${io.errStyle.red('stopped')} ${reason}`);
  io.err(`  ${kept}`);
  return EXIT.failed;
}
