import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { StartOutcome } from '../engine/attach/attach.ts';

/** How long it may take to begin, in milliseconds. */
const BEGIN_MS = 15_000;

/** Starts a services process that outlives this one; resolves once it has said how it went. `program` is its script, absolute. */
export function startServices(
  program: string,
  root: string,
  { idleMs, mayReadKeys = false }: { idleMs?: number; mayReadKeys?: boolean } = {},
): Promise<StartOutcome> {
  return new Promise((resolve) => {
    const options = JSON.stringify({ idleMs, mayReadKeys });
    const child = spawn(process.execPath, [program, realpathSync(root), options], {
      cwd: root,
      detached: true,
      windowsHide: true,
      // It says by the channel how it went, and closes it.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: ownEnvironment(),
    });

    const end = (outcome: StartOutcome): void => {
      clearTimeout(limit);
      child.removeAllListeners();
      // What comes later is nobody's.
      child.on('error', () => {});
      if (child.connected) child.disconnect();
      child.unref();
      resolve(outcome);
    };
    const fail = (why: string): void =>
      end({
        kind: 'failed',
        message: `the services process could not be started: ${why}`,
        remedy: undefined,
      });
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      fail('it did not answer');
    }, BEGIN_MS);

    child.on('message', (said) => {
      const outcome = readOutcome(said);
      if (outcome) end(outcome);
    });
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
  });
}

function readOutcome(said: unknown): StartOutcome | undefined {
  if (typeof said !== 'object' || said === null || !('kind' in said)) return undefined;
  if (said.kind === 'ready' || said.kind === 'taken') return { kind: said.kind };
  if (said.kind !== 'failed' || !('message' in said)) return undefined;
  const remedy = 'remedy' in said && typeof said.remedy === 'string' ? said.remedy : undefined;
  return { kind: 'failed', message: String(said.message), remedy };
}

/** Without what belongs to an editor's own processes; the editor's program is Node when it is told so. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_)/.test(name),
  );
  const asNode = process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return { ...Object.fromEntries(kept), ...asNode };
}
