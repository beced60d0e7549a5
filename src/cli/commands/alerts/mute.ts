import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { EXIT } from '../../exitCode.ts';
import { openAlerts, ruleNamed } from '../../openAlerts.ts';
import { configOption } from '../../options/common.ts';
import { duration } from '../../options/traceFilter.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';

const YEAR_MS = 366 * 86_400_000;

interface MuteOptions {
  config?: string;
  for: number;
  reason: string;
  json?: boolean;
}

/** `touchstone alerts mute`: its argument and options. */
export function addAlertsMute(alerts: Command, act: RunAction): void {
  alerts
    .command('mute')
    .description('tell nobody that an alert fires, for a while')
    .argument('<name>', 'the alert')
    .requiredOption('--for <duration>', 'for how long, such as 30min, 2h or 7d', muteTime)
    .option('--reason <text>', 'why, for others who see it', '')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => mute(name, options, io)));
}

/** `touchstone alerts unmute`: its argument and options. */
export function addAlertsUnmute(alerts: Command, act: RunAction): void {
  alerts
    .command('unmute')
    .description('tell of an alert again')
    .argument('<name>', 'the alert')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => unmute(name, options, io)));
}

async function mute(name: string, options: MuteOptions, io: Io): Promise<number> {
  const { for: forMs, reason, json } = options;
  using opened = await openAlerts(options, io.cwd, 'write');
  ruleNamed(opened, name);
  const atMs = systemClock.now();
  const untilMs = atMs + forMs;
  opened.store.mute({ rule: name, untilMs, reason: reason.trim(), atMs });
  const until = new Date(untilMs).toISOString();
  io.out(
    json
      ? JSON.stringify({ alert: name, muted_until: until, reason }, null, 2)
      : `${name} is muted until ${until}`,
  );
  return EXIT.passed;
}

async function unmute(name: string, { json, ...options }: Partial<MuteOptions>, io: Io): Promise<number> {
  using opened = await openAlerts(options, io.cwd, 'write');
  ruleNamed(opened, name);
  const unmuted = opened.store.unmute(name);
  if (json) io.out(JSON.stringify({ alert: name, unmuted }, null, 2));
  else io.out(unmuted ? `${name} is no longer muted` : `${name} was not muted`);
  return EXIT.passed;
}

function muteTime(text: string): number {
  const ms = duration(text);
  if (ms > 0 && ms <= YEAR_MS) return ms;
  throw new InvalidArgumentError('It must be longer than 0 and at most a year.');
}
