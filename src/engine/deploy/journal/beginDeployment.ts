import { UsageError } from '../../errors.ts';
import { contentHash } from '../../model/hash.ts';
import type { Clock } from '../../ports.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import { isEnd } from '../machine/machineState.ts';
import type { Pair } from '../routers/router.ts';
import { shownName } from '../shownName.ts';
import { foldJournal } from './foldJournal.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { written } from './journalData.ts';
import { wish } from './wish.ts';

export interface BeginOptions {
  journal: Journal;
  config: DeploymentConfig;
  /** Blue is what serves now. */
  pair: Pair;
  /** The person. */
  by: string;
  clock: Pick<Clock, 'now'>;
  signal: AbortSignal;
}

/**
 * Begins a deployment, or says to the one under way that another version is wanted: its green is then taken back first. Throws
 * UsageError where that version serves already, or is being deployed. Moves no traffic: a controller does.
 */
export async function beginDeployment(options: BeginOptions): Promise<JournalEntry> {
  const { journal, config, pair, by, clock, signal } = options;
  const entries = await journal.read(config.name, signal);
  const folded = foldJournal(entries);
  const isUnderWay = entries.length > 0 && !(folded && isEnd(folded.state.phase));
  if (isUnderWay) {
    const running = folded?.state.successor ?? folded?.state.pair.green;
    const isFailed = folded?.state.phase === 'failed';
    if (running?.digest === pair.green.digest && !isFailed)
      throw new UsageError(`${shownName(pair.green)} is being deployed already`, {
        remedy: `\`touchstone deploy status ${config.name}\` shows how far it is.`,
      });
    if (pair.blue?.digest === pair.green.digest)
      throw new UsageError(`${shownName(pair.green)} is what the deployment under way is to replace`, {
        remedy: `To stay with it: touchstone deploy rollback ${config.name}`,
      });
    const entry = await wish(
      journal,
      config.name,
      { kind: 'start', green: pair.green },
      { by, clock, signal },
    );
    // It may have ended since it was read.
    return entry ?? beginDeployment(options);
  }

  if (pair.blue?.digest === pair.green.digest)
    throw new UsageError(`${shownName(pair.green)} serves already`, {
      remedy: 'Choose another version.',
    });
  const reason = pair.blue
    ? `${shownName(pair.green)} is to follow ${shownName(pair.blue)}`
    : `${shownName(pair.green)} is to serve, and nothing did before`;
  const state = { phase: 'preparing' as const, step: null, extensions: 0, pair, successor: null };
  const data = written({
    ...{ event: 'begin', reason, state, effects: [] },
    begin: { policy: config.policy, config: configDigest(config) },
  });
  return journal.append(
    config.name,
    { kind: 'transition', atMs: clock.now(), by, text: reason, data },
    0,
    signal,
  );
}

/** Of what it says, wherever it stands. */
export function configDigest(config: DeploymentConfig): string {
  return contentHash(
    JSON.parse(JSON.stringify(config, (key, value) => (key === 'location' ? undefined : value))),
  );
}
