import { UsageError, UserError } from '../../engine/errors.ts';
import { isOver } from '../../engine/model/deploymentFigures.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import { EXIT } from '../exitCode.ts';

/** What is known of one deployment. Throws UserError where nothing is. */
export function entryOf({ deployments }: Pick<ServicesStatus, 'deployments'>, name: string): DeploymentEntry {
  const entry = deployments.entries.find(({ deployment }) => deployment === name);
  if (entry) return entry;
  const known = deployments.entries.map(({ deployment }) => deployment);
  throw new UserError(`the deployment '${name}' has not begun`, {
    remedy:
      known.length === 0
        ? `Begin it with: touchstone deploy start ${name} --to VERSION`
        : `Those that have: ${known.join(', ')}`,
  });
}

/** The one that is named, else the only one that goes on, else the only one. Throws UsageError where it is not clear. */
export function chosenEntry(
  { entries }: ServicesStatus['deployments'],
  name: string | undefined,
): DeploymentEntry | undefined {
  if (name !== undefined) return entryOf({ deployments: { entries, problems: [] } }, name);
  const running = entries.filter((entry) => !isOver(entry));
  const fitting = running.length > 0 ? running : entries;
  if (fitting.length > 1)
    throw new UsageError('several deployments', {
      remedy: `Name one of them: ${fitting.map(({ deployment }) => deployment).join(', ')}`,
    });
  return fitting[0];
}

/** What a deployment that is waited for has come to; undefined while it goes on. */
export function endOf({ phase }: Pick<DeploymentEntry, 'phase'>): number | undefined {
  switch (phase) {
    case 'keeping':
    case 'decommissioning':
    case 'done':
      return EXIT.passed;
    case 'rolled-back':
    case 'failed':
      return EXIT.failed;
    case 'paused':
      return EXIT.paused;
    default:
      return undefined;
  }
}
