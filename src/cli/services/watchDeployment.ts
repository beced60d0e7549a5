import { systemClock } from '../../engine/ports.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import { ServicesLink } from '../../services/servicesLink.ts';
import { EXIT } from '../exitCode.ts';
import { Interrupted, onInterrupt } from '../interrupt.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { deploymentLines, progressLine } from '../views/deployment.ts';
import { endOf } from './deployments.ts';

export interface WatchOptions {
  /** One line of JSON for each change. */
  json: boolean;
}

/**
 * Shows each change of a deployment until it is at 100 %, is rolled back or pauses; returns the exit code that says which. Ctrl-C ends the
 * watching alone. Where the process that drives it is killed, another one is started.
 */
export async function watchDeployment(
  root: string,
  name: string,
  options: WatchOptions,
  io: Io,
): Promise<number> {
  const shown = new ShownDeployment(options, io);
  const { signal, release } = onInterrupt(
    io,
    `the deployment goes on; watch it again with: touchstone deploy watch ${sanitizeLine(name)}`,
  );
  try {
    for (;;) {
      const code = await watchOnce(root, name, shown, signal);
      if (code !== undefined) return code;
    }
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.interrupted;
    throw error;
  } finally {
    release();
  }
}

/** Undefined where the process has ended meanwhile. */
async function watchOnce(
  root: string,
  name: string,
  shown: ShownDeployment,
  signal: AbortSignal,
): Promise<number | undefined> {
  const ended = Promise.withResolvers<number | undefined>();
  const look = ({ deployments }: ServicesStatus): void => {
    const entry = deployments.entries.find(({ deployment }) => deployment === name);
    const code = entry ? shown.show(entry) : undefined;
    if (code !== undefined) ended.resolve(code);
  };
  const link = await ServicesLink.attach(
    root,
    {
      ...{ client: 'terminal' as const, clock: systemClock, mayReadKeys: true },
      onStatus: look,
      onGone: () => ended.resolve(undefined),
    },
    signal,
  );
  const stop = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    look(await link.call('services/status', {}));
    return await ended.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    link.close();
  }
}

/** What a person who waits has seen of a deployment. */
export class ShownDeployment {
  readonly #options: WatchOptions;
  readonly #io: Io;
  #last = '';

  constructor(options: WatchOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  /** The exit code once there is nothing more to wait for. */
  show(entry: DeploymentEntry): number | undefined {
    const { json } = this.#options;
    const code = endOf(entry);
    const key = json ? JSON.stringify(entry) : keyOf(entry);
    if (key !== this.#last) {
      this.#last = key;
      if (json) this.#io.out(key);
      else if (code === undefined) this.#io.out(progressLine(entry, systemClock.now()));
      else for (const line of deploymentLines(entry, systemClock.now(), this.#io)) this.#io.out(line);
    }
    return code;
  }
}

/** Each sample is no news: tenths of what is needed are. */
function keyOf({ phase, step, weights, report, drift, controller }: DeploymentEntry): string {
  const tenths = report && Math.floor((10 * report.green.samples) / Math.max(1, report.minSamples));
  return JSON.stringify([
    phase,
    step,
    weights,
    report?.status,
    Math.min(10, tenths ?? 0),
    drift,
    controller === null,
  ]);
}
