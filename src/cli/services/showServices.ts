import { AttachError } from '../../engine/attach/attach.ts';
import { systemClock } from '../../engine/ports.ts';
import { stopServices } from '../../services/stopServices.ts';
import { EXIT } from '../exitCode.ts';
import type { Io } from '../terminal/io.ts';
import { printError } from '../views/printError.ts';
import { statusLines } from '../views/services.ts';
import { askServices } from './runningServices.ts';

const NONE = 'no services process runs for this workspace';

/** Fails where no process runs that can be asked, so that a script can tell. */
export async function showServices(root: string, json: boolean, io: Io): Promise<number> {
  try {
    const status = await askServices(root, (link) => link.call('services/status', {}));
    if (!status) return absent(null, json, io);

    // Who asks is not counted.
    const attached = { ...status.attached, terminals: Math.max(0, status.attached.terminals - 1) };
    const shown = { ...status, attached };
    if (json) io.out(JSON.stringify({ running: true, ...shown }, null, 2));
    else for (const line of statusLines(shown, systemClock.now())) io.out(line);
    return EXIT.passed;
  } catch (error) {
    if (error instanceof AttachError) return absent(error, json, io);
    throw error;
  }
}

export async function endServices(root: string, json: boolean, io: Io): Promise<number> {
  const pid = await stopServices(root, systemClock);
  if (json) io.out(JSON.stringify({ stopped: pid }, null, 2));
  else io.out(pid === null ? NONE : `stopped process ${pid}`);
  return EXIT.passed;
}

function absent(problem: AttachError | null, json: boolean, io: Io): number {
  if (json)
    io.out(JSON.stringify({ running: false, ...(problem ? { problem: problem.message } : {}) }, null, 2));
  else if (problem) printError(problem, io);
  else io.out(NONE);
  return EXIT.failed;
}
