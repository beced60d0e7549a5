import type { DeploymentStatus } from '../engine/deploy/deploymentStatus.ts';
import type { Readiness } from '../engine/deploy/routers/router.ts';
import { shownName } from '../engine/deploy/shownName.ts';
import type { Version } from '../engine/deploy/sides.ts';
import { counted } from '../engine/model/figures.ts';
import type { VersionTarget } from '../engine/suites/deploying/deploymentConfig.ts';
import type { DeploymentEntry } from '../protocol/deploymentEntries.ts';

/** Entries of the journal that are told; all of them are in the journal. */
const MOST_ENTRIES = 60;

/** What others are told of a deployment: nothing of environments, and not the whole journal. */
export function deploymentEntryOf(status: DeploymentStatus): DeploymentEntry {
  const { pair, observed, report, journal, steps, ...rest } = status;
  return {
    deployment: rest.deployment,
    where: rest.where,
    blue: pair.blue && told(pair.blue),
    green: told(pair.green),
    phase: rest.phase,
    step: rest.step,
    steps: steps.map((step) => ({ ...step })),
    weights: weightsOf(status),
    states: { blue: readinessText(observed?.blue), green: readinessText(observed?.green) },
    drift: [...(observed?.drift ?? [])],
    sinceMs: rest.sinceMs,
    untilMs: rest.untilMs,
    report: report && {
      ...report,
      clauses: report.clauses.map((clause) => ({ ...clause })),
      blue: figures(report.blue),
      green: figures(report.green),
    },
    explanation: [...rest.explanation],
    actions: [...rest.actions],
    controller: rest.controller,
    journal: journal
      .slice(-MOST_ENTRIES)
      .map(({ seq, kind, atMs, by, text }) => ({ seq, kind, atMs, by, text })),
  };
}

/** Once it has ended, its route may name one version alone: the weights are those that were read back before. */
function weightsOf({ phase, weights, pair, observed }: DeploymentStatus): DeploymentEntry['weights'] {
  if (weights) return { ...weights };
  // Somebody else's targets hold.
  if (observed && observed.drift.length > 0) return null;
  if (phase === 'done') return { blue: 0, green: 100 };
  return phase === 'rolled-back' && pair.blue ? { blue: 100, green: 0 } : null;
}

/** In words, as it is written; an address without what is secret in it. */
export function versionText(target: VersionTarget): string {
  switch (target.kind) {
    case 'release':
      return `release/${target.release}`;
    case 'url':
      return addressText(target.url);
    case 'program':
      return target.command.join(' ');
    case 'image':
      return target.image;
    case 'model':
      return target.model;
  }
}

function told(version: Version): { name: string; what: string } {
  return { name: shownName(version), what: versionText(version.target) };
}

function addressText(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

function readinessText(readiness: Readiness | undefined): string | null {
  if (readiness === undefined) return null;
  switch (readiness.state) {
    case 'absent':
      return 'not running';
    case 'starting':
      return `starting: ${readiness.reason}`;
    case 'ready':
      return 'ready';
    case 'failing':
      return `failing: ${readiness.reason}`;
    case 'draining':
      return readiness.inFlight === null
        ? 'draining'
        : `draining, ${counted(readiness.inFlight, 'request')} in progress`;
  }
}

type Figures = NonNullable<DeploymentStatus['report']>['blue'];

function figures({
  bySource,
  servedModels,
  failedTraces,
  ...rest
}: Figures): NonNullable<DeploymentEntry['report']>['blue'] {
  const counts = Object.entries(bySource).map(([source, count]): [string, number] => [source, count ?? 0]);
  return {
    ...rest,
    bySource: Object.fromEntries(counts),
    servedModels: [...servedModels],
    failedTraces: [...failedTraces],
  };
}
