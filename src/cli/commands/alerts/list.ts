import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { listAlerts } from '../../../engine/telemetry/alerts/alertList.ts';
import { EXIT } from '../../exitCode.ts';
import { openAlerts } from '../../openAlerts.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { alertJson, alertLines } from '../../views/alertList.ts';

interface ListOptions {
  config?: string;
  json?: boolean;
  check?: boolean;
}

/** `touchstone alerts list`: its options. */
export function addAlertsList(alerts: Command, act: RunAction): void {
  alerts
    .command('list', { isDefault: true })
    .description('list all alerts with their states, values and worst traces')
    .addOption(configOption())
    .option('--check', 'exit with 1 while an alert fires that is not muted, or nobody looks at alerts')
    .option('--json', 'print JSON')
    .action((options) => act((io) => list(options, io)));
}

async function list({ json, check, ...options }: ListOptions, io: Io): Promise<number> {
  using opened = await openAlerts(options, io.cwd, 'read');
  const now = systemClock.now();
  const listing = listAlerts(opened.config.rules, opened.store, now);
  if (json) io.out(JSON.stringify(alertJson(listing), null, 2));
  else for (const line of alertLines(listing, now, io)) io.out(line);
  if (!check) return EXIT.passed;

  const firing = listing.alerts.some(
    ({ state, muted }) => (state === 'firing' || state === 'silent') && muted === null,
  );
  return firing || (listing.alerts.length > 0 && !listing.watched) ? EXIT.failed : EXIT.passed;
}
