import type { AlertDimension, AlertRule, AlertSeverity } from '../../model/alertRule.ts';
import { type AlertGroup, newGroup } from './alertGroup.ts';
import { type Mute, muteOf } from './alertMutes.ts';
import type { AlertTrace } from './alertNotice.ts';
import type { AlertStateName } from './alertStates.ts';
import type { AlertStore, ChannelState } from './alertStore.ts';
import { alertValueText } from './alertWords.ts';

/** An alert, or one group of it, for whoever shows it. Times are milliseconds since the epoch. */
export interface AlertEntry {
  name: string;
  /** Null: not grouped, or no group has been seen so far. */
  group: { by: AlertDimension; label: string | null } | null;
  severity: AlertSeverity;
  condition: string;
  description: string | null;
  state: AlertStateName;
  /** In its state; null where it was never looked at. */
  sinceMs: number | null;
  /** Of the latest firing; null where it never fired. */
  startsAtMs: number | null;
  value: number | null;
  /** With their units. */
  valueText: string;
  limitText: string;
  samples: number;
  traces: AlertTrace[];
  /** `whole`: with all of its groups. */
  muted: { untilMs: number; reason: string; whole: boolean } | null;
  notify: string[];
  /** Of its rule in touchstone.yaml, from 1. */
  line: number;
}

export interface AlertListing {
  alerts: AlertEntry[];
  channels: ChannelState[];
  /** When they were looked at last; null: never. */
  lookedMs: number | null;
  /** They are looked at now: what is listed is of the last seconds. */
  watched: boolean;
}

/** Longer ago than this, nobody looks at alerts now; in milliseconds. */
const RECENT_MS = 60_000;

/** All alerts of a workspace, in the order of the file; those that were never looked at, too. */
export function listAlerts(rules: readonly AlertRule[], store: AlertStore, nowMs: number): AlertListing {
  const stored = Map.groupBy(
    store.groups().map(({ group }) => group),
    ({ rule }) => rule,
  );
  const mutes = store.mutes.at(nowMs);
  const { lookedMs } = store;
  const alerts = rules.flatMap((rule) => {
    const groups = stored.get(rule.name) ?? [undefined];
    return groups.map((group) => ({
      ...entryOf(rule, group),
      muted: mutedOf(mutes, { rule: rule.name, label: group?.label ?? null }),
    }));
  });
  return {
    alerts,
    channels: store.channels(),
    lookedMs,
    watched: lookedMs !== null && Math.abs(nowMs - lookedMs) < RECENT_MS,
  };
}

function mutedOf(mutes: readonly Mute[], group: { rule: string; label: string | null }): AlertEntry['muted'] {
  const mute = muteOf(mutes, group);
  return mute ? { untilMs: mute.untilMs, reason: mute.reason, whole: mute.group === null } : null;
}

function entryOf(rule: AlertRule, known: AlertGroup | undefined): Omit<AlertEntry, 'muted'> {
  const group = known ?? newGroup(rule.name, null, 0);
  const { state, sinceMs, startsAtMs, value, samples, traces, label } = group;
  const { name, severity, condition, description, by, notify, location } = rule;
  return {
    name,
    group: by === null || !known ? null : { by, label },
    severity,
    condition: condition.text,
    description,
    state,
    sinceMs: known ? sinceMs : null,
    startsAtMs,
    value: state === 'no-data' ? null : value,
    valueText: alertValueText(rule, state === 'no-data' ? null : value),
    limitText: alertValueText(rule, condition.limit),
    samples,
    traces,
    notify,
    line: location.line,
  };
}
