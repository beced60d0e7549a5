import type { AlertRule } from '../../model/alertRule.ts';
import type { AlertNotice, AlertTrace } from './alertNotice.ts';
import { ALERT_TABLE, type AlertEffect, type AlertEvent, type AlertStateName } from './alertStates.ts';
import { judge, type Observation } from './judge.ts';

/** An alert, or one group of it, as it is stored. Times are milliseconds since the epoch, for people; waits are not measured by them. */
export interface AlertGroup {
  rule: string;
  /** Of the dimension that it is grouped by; null: not grouped, or without a value. */
  label: string | null;
  state: AlertStateName;
  /** Entered its state. */
  sinceMs: number;
  /** The condition has held for so long while it was looked at. */
  heldMs: number;
  /** Counts how often it fired. */
  episode: number;
  /** Of the latest firing. */
  startsAtMs: number | null;
  /** Of the latest firing; null while it lasts. */
  endsAtMs: number | null;
  /** What channels were told of the latest firing; null while they were told nothing. */
  announced: Announced | null;
  value: number | null;
  samples: number;
  /** Was looked at. */
  atMs: number;
  /** Had samples. */
  seenMs: number;
  /** Of `each`: watched since the last score, whatever it was. */
  idleMs: number;
  /** The worst traces behind it. */
  traces: AlertTrace[];
}

export interface Announced {
  notice: AlertNotice;
  /** Names, without the editor. */
  channels: string[];
  editor: boolean;
}

export function newGroup(rule: string, label: string | null, nowMs: number): AlertGroup {
  return {
    rule,
    label,
    state: 'no-data',
    sinceMs: nowMs,
    heldMs: 0,
    episode: 0,
    startsAtMs: null,
    endsAtMs: null,
    announced: null,
    value: null,
    samples: 0,
    atMs: nowMs,
    seenMs: nowMs,
    idleMs: 0,
    traces: [],
  };
}

/** A moment at which alerts are looked at. */
export interface Moment {
  nowMs: number;
  /** Watched since the last look, by the monotonic clock; time that nobody watched is not part of it. */
  watchedMs: number;
}

/** The group after an observation, and what channels are to be told. */
export function observed(
  rule: AlertRule,
  group: AlertGroup,
  observation: Observation,
  moment: Moment,
): { group: AlertGroup; effect: AlertEffect } {
  return stepped(rule, group, judge(rule, observation), { ...moment, ...observation });
}

/** The same where what was observed has been judged already. */
export function stepped(
  rule: AlertRule,
  group: AlertGroup,
  judged: Exclude<AlertEvent, 'held'>,
  { nowMs, watchedMs, value, samples }: Moment & Pick<Observation, 'value' | 'samples'>,
): { group: AlertGroup; effect: AlertEffect } {
  const heldMs = judged !== 'breach' ? 0 : group.state === 'pending' ? group.heldMs + watchedMs : 0;
  const event = judged === 'breach' && heldMs >= rule.forMs ? 'held' : judged;
  const { to: state, effect } = ALERT_TABLE[group.state][event];
  const next: AlertGroup = {
    ...group,
    state,
    sinceMs: state === group.state ? group.sinceMs : nowMs,
    heldMs,
    atMs: nowMs,
    seenMs: samples > 0 ? nowMs : group.seenMs,
    value,
    samples,
  };
  return { group: effect === null ? next : { ...next, ...turned(group, effect, nowMs) }, effect };
}

/** A clock that was set back must not let a firing begin before the last one ended, or end before it began. */
function turned(group: AlertGroup, effect: 'fires' | 'resolves', nowMs: number): Partial<AlertGroup> {
  if (effect === 'resolves') return { endsAtMs: Math.max(nowMs, (group.startsAtMs ?? 0) + 1) };
  return {
    episode: group.episode + 1,
    startsAtMs: Math.max(nowMs, (group.endsAtMs ?? 0) + 1),
    endsAtMs: null,
    announced: null,
    traces: [],
  };
}

/** The same alert about something else now: it begins anew, but never with a firing that was told already. */
export function anew({ rule, label, episode, endsAtMs }: AlertGroup, nowMs: number): AlertGroup {
  return { ...newGroup(rule, label, nowMs), episode, endsAtMs };
}

/** Channels show it as firing. */
export function isFiring({ state }: Pick<AlertGroup, 'state'>): boolean {
  return state === 'firing' || state === 'silent';
}
