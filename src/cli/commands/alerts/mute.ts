import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../../engine/errors.ts';
import type { AlertRule } from '../../../engine/model/alertRule.ts';
import { systemClock } from '../../../engine/ports.ts';
import { type MuteScope, muteOf } from '../../../engine/telemetry/alerts/alertMutes.ts';
import { EXIT } from '../../exitCode.ts';
import { type OpenedAlerts, openAlerts, ruleNamed } from '../../openAlerts.ts';
import { configOption } from '../../options/common.ts';
import { duration } from '../../options/traceFilter.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';

const YEAR_MS = 366 * 86_400_000;

interface MuteOptions {
  config?: string;
  for: number;
  reason: string;
  group?: string;
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
    .addOption(groupOption())
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => mute(name, options, io)));
}

/** `touchstone alerts unmute`: its argument and options. */
export function addAlertsUnmute(alerts: Command, act: RunAction): void {
  alerts
    .command('unmute')
    .description('tell of an alert again, with all of its groups')
    .argument('<name>', 'the alert')
    .addOption(groupOption())
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => unmute(name, options, io)));
}

async function mute(name: string, options: MuteOptions, io: Io): Promise<number> {
  const { for: forMs, reason, json } = options;
  using opened = await openAlerts(options, io.cwd, 'write');
  const scope = scopeOf(ruleNamed(opened, name), options.group);
  const atMs = systemClock.now();
  const untilMs = atMs + forMs;
  opened.store.mutes.add({ ...scope, untilMs, reason: reason.trim(), atMs });

  const until = new Date(untilMs).toISOString();
  const said = `${shown(scope)} is muted until ${until}${isSeen(opened, scope) ? '' : '; it was not seen so far'}`;
  io.out(json ? jsonOf(scope, { muted_until: until, reason }) : said);
  return EXIT.passed;
}

async function unmute(name: string, { json, ...options }: Partial<MuteOptions>, io: Io): Promise<number> {
  using opened = await openAlerts(options, io.cwd, 'write');
  const scope = scopeOf(ruleNamed(opened, name), options.group);
  const { mutes } = opened.store;
  const unmuted = mutes.remove(scope);
  const said = unmuted ? `${shown(scope)} is no longer muted` : `${shown(scope)} was not muted`;
  const isWhole = scope.group !== null && muteOf(mutes.at(systemClock.now()), { rule: name, ...scope.group });
  if (json) io.out(jsonOf(scope, { unmuted }));
  else io.out(isWhole ? `${said}, but all of ${name} is` : said);
  return EXIT.passed;
}

function groupOption(): Option {
  return new Option(
    '--group <value>',
    'only one group of an alert with "by", such as a model; "" is the one without a value',
  );
}

/** Throws UsageError for a group of an alert that has none. */
function scopeOf({ name, by }: AlertRule, group: string | undefined): MuteScope {
  if (group === undefined) return { rule: name, group: null };
  if (by !== null) return { rule: name, group: { label: group === '' ? null : group } };
  throw new UsageError(`'${name}' has no groups`, {
    remedy: 'Leave out --group, or add "by" to the alert in touchstone.yaml.',
  });
}

function isSeen({ store }: OpenedAlerts, { rule, group: muted }: MuteScope): boolean {
  if (muted === null) return true;
  return store.groups().some(({ group }) => group.rule === rule && group.label === muted.label);
}

function shown({ rule, group }: MuteScope): string {
  return group === null ? rule : `${rule} for ${group.label === null ? 'no value' : `'${group.label}'`}`;
}

function jsonOf({ rule, group }: MuteScope, more: object): string {
  return JSON.stringify({ alert: rule, group: group && { value: group.label }, ...more }, null, 2);
}

function muteTime(text: string): number {
  const ms = duration(text);
  if (ms > 0 && ms <= YEAR_MS) return ms;
  throw new InvalidArgumentError('It must be longer than 0 and at most a year.');
}
