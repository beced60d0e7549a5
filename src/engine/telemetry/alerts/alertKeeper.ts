import { type AlertRule, EDITOR_CHANNEL } from '../../model/alertRule.ts';
import { contentHash } from '../../model/hash.ts';
import type { Clock } from '../../ports.ts';
import { type AlertGroup, type Announced, anew, isFiring, newGroup, observed } from './alertGroup.ts';
import { type Mute, muteOf } from './alertMutes.ts';
import type { AlertTrace } from './alertNotice.ts';
import type { AlertWindow, EvaluationLog, FigureSource, TraceSource } from './alertSources.ts';
import type { AlertEffect } from './alertStates.ts';
import type { AlertStore, StoredGroup } from './alertStore.ts';
import {
  byGroup,
  concerns,
  eachStep,
  newEachGroup,
  type ScoredTrace,
  scoredTrace,
  worstFirst,
} from './eachScore.ts';
import { isMet } from './judge.ts';
import { noticeOf, withdrawn } from './noticeOf.ts';
import { observe } from './observe.ts';
import { RecentScores } from './recentScores.ts';
import { type WatchedTime, WatchTime } from './watchTime.ts';

/** Groups of one rule; what comes beyond is not looked at. */
const MOST_GROUPS = 200;
/** Groups without samples for so long are forgotten, unless they fire; in milliseconds. */
const FORGOTTEN_MS = 7 * 86_400_000;
/** Single scores that are read at once, and in one look. */
const READ_AT_ONCE = 500;
const READ_AT_MOST = 20_000;
/** Traces of what fires are looked up anew after so long, in milliseconds. */
const TRACED_MS = 60_000;
/** Traces that an alert carries. */
const MOST_TRACES = 5;

export interface KeeperOptions {
  store: AlertStore;
  figures: FigureSource;
  evaluations: EvaluationLog;
  traces: TraceSource;
  clock: Clock;
  /** Real path of the workspace. */
  root: string;
}

interface Look {
  time: WatchedTime;
  mutes: readonly Mute[];
  scores: readonly ScoredTrace[];
  groups: StoredGroup[];
  announcements: Announced[];
}

/** Looks at all alerts from time to time, and keeps what became of them. What is to be sent is in the outbox once it returns. */
export class AlertKeeper {
  readonly #options: KeeperOptions;
  readonly #watch: WatchTime;
  readonly #recent = new RecentScores();
  /** By rule and label. */
  #groups: ReadonlyMap<string, StoredGroup>;
  #read: number | null;
  /** When the traces of what fires were looked up, on the monotonic scale. */
  readonly #traced = new Map<string, number>();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#watch = new WatchTime(options.clock);
    this.#groups = byKey(options.store.groups());
    this.#read = options.store.evaluations;
  }

  /** `receiving`: spans can come now. Throws StoreError; the next look then begins where this one did. */
  look(rules: readonly AlertRule[], { receiving }: { receiving: boolean }): void {
    const { store } = this.#options;
    const time = this.#watch.look(receiving);
    if (rules.length === 0 && this.#groups.size === 0) {
      this.#skipScores(time.nowMs);
      return;
    }

    const { scores, read } = this.#readScores();
    this.#recent.add(scores);
    const mutes = store.mutes.at(time.nowMs);
    const look: Look = { time, scores, mutes, groups: [], announcements: [] };
    this.#withdraw(rules, look);
    for (const rule of rules) this.#lookAt(rule, look);

    const { groups, announcements } = look;
    const kept = byKey(groups);
    const removed = [...this.#groups].flatMap(([key, { group }]) => (kept.has(key) ? [] : [group]));
    store.commit({ nowMs: time.nowMs, groups, removed, announcements, evaluations: read });
    this.#groups = kept;
    this.#read = read;
  }

  #lookAt(rule: AlertRule, look: Look): void {
    const { nowMs } = look.time;
    const digest = digestOf(rule);
    const known = new Map(
      [...this.#groups.values()]
        .filter(({ group }) => group.rule === rule.name)
        .map(({ group, digest: before }) => [group.label, before === digest ? group : anew(group, nowMs)]),
    );

    for (const { group, effect } of mostWanted(this.#steps(rule, known, look), known)) {
      const isForgotten = rule.by !== null && !isFiring(group) && nowMs - group.seenMs > FORGOTTEN_MS;
      if (!isForgotten) look.groups.push({ group: this.#told(rule, group, effect, look), digest });
    }
  }

  #steps(rule: AlertRule, known: ReadonlyMap<string | null, AlertGroup>, look: Look): Step[] {
    const { time } = look;
    if (rule.condition.quantity.kind === 'each-score') {
      const scores = byGroup(rule, look.scores);
      const labels = new Set([...known.keys(), ...scores.keys(), ...(rule.by === null ? [null] : [])]);
      return [...labels].map((label) => {
        const group = known.get(label) ?? newEachGroup(rule, label, time.nowMs);
        return eachStep(rule, group, scores.get(label) ?? [], time);
      });
    }

    const window = windowOf(rule, time);
    // All of `over`: what was cut off by a clock that was set back was not watched.
    const watched = time.sinceMs !== null && time.sinceMs <= window.toMs - rule.overMs;
    const seen = observe(rule, this.#options.figures, { ...window, watched }, [...known.keys()]);
    return seen.map(({ label, ...observation }) => {
      const group = known.get(label) ?? newGroup(rule.name, label, time.nowMs);
      return observed(rule, group, observation, time);
    });
  }

  /** One notification for each transition; while it is muted, only the end of what was told already. */
  #told(rule: AlertRule, group: AlertGroup, effect: AlertEffect, look: Look): AlertGroup {
    const { nowMs } = look.time;
    const { root } = this.#options;
    if (effect === 'resolves') {
      const notice = noticeOf(rule, group, { kind: 'resolved', root, nowMs });
      if (group.announced) look.announcements.push({ ...group.announced, notice });
      return group;
    }
    if (!isFiring(group)) return group;

    const shown = { ...group, traces: this.#tracesOf(rule, group, effect, look) };
    const before = group.announced;
    const names = rule.notify.filter((name) => name !== EDITOR_CHANNEL);
    // Channels that are added while it fires are told, too.
    const channels = names.filter((name) => !before?.channels.includes(name));
    const editor = rule.notify.includes(EDITOR_CHANNEL) && before?.editor !== true;
    const isTold = before !== null && channels.length === 0 && !editor;
    if (isTold || muteOf(look.mutes, group)) return shown;

    const notice = before?.notice ?? noticeOf(rule, shown, { kind: 'firing', root, nowMs });
    look.announcements.push({ notice, channels, editor });
    return {
      ...shown,
      announced: {
        notice,
        channels: [...(before?.channels ?? []), ...channels],
        editor: editor || before?.editor === true,
      },
    };
  }

  /** What was told of rules that are gone, or are about something else now, would stand for ever. */
  #withdraw(rules: readonly AlertRule[], { announcements, time }: Look): void {
    const digests = new Map(rules.map((rule) => [rule.name, digestOf(rule)]));
    for (const { group, digest } of this.#groups.values()) {
      const { announced } = group;
      if (!announced || !isFiring(group) || digests.get(group.rule) === digest) continue;
      announcements.push({ ...announced, notice: withdrawn(announced.notice, time.nowMs) });
    }
  }

  /** Looked up when it fires, and again from time to time while it does. */
  #tracesOf(rule: AlertRule, group: AlertGroup, effect: AlertEffect, look: Look): AlertTrace[] {
    const key = keyOf(group);
    const now = this.#options.clock.monotonic();
    const isFresh = now - (this.#traced.get(key) ?? Number.NEGATIVE_INFINITY) < TRACED_MS;
    const isSingle = rule.condition.quantity.kind === 'each-score';
    if (effect === null && isFresh && group.traces.length > 0 && !isSingle) return group.traces;

    this.#traced.set(key, now);
    const found = this.#worst(rule, group, look);
    return found.length > 0 ? found : group.traces;
  }

  #worst(rule: AlertRule, { label, traces: known }: AlertGroup, { time }: Look): AlertTrace[] {
    const { traces } = this.#options;
    const { quantity } = rule.condition;
    const only = rule.by === null || label === null ? {} : { [rule.by]: label };
    const window = windowOf(rule, time);
    const where = { ...window.where, ...only };
    const isScored = quantity.kind === 'each-score' || ('of' in quantity && quantity.of === 'score');
    if (isScored) {
      const ours = this.#recent.since(window.fromMs).filter((score) => concerns({ of: where }, score));
      const bad = ours.filter(({ score }) => quantity.kind !== 'each-score' || isMet(rule, score));
      // Each trace once, by its worst score.
      const worst = [...Map.groupBy(worstFirst(rule, bad), ({ traceId }) => traceId).values()];
      const found = worst.flatMap(([first]) => first ?? []).slice(0, MOST_TRACES);
      if (found.length > 0) return traces.scored(found);
      // Another process had read them.
      if (known.length > 0) return known;
    }
    return traces.worst(rule, { ...window, where }, MOST_TRACES);
  }

  /** While there are no alerts, nothing waits for those that come later. */
  #skipScores(nowMs: number): void {
    const { evaluations, store } = this.#options;
    if (this.#read === null || this.#read === evaluations.lastSeq) return;
    this.#read = evaluations.lastSeq;
    store.commit({ nowMs, groups: [], removed: [], announcements: [], evaluations: this.#read });
  }

  #readScores(): { scores: ScoredTrace[]; read: number } {
    const { evaluations } = this.#options;
    const { lastSeq } = evaluations;
    // What was scored before there were alerts is none of theirs; a log that begins anew is read from its start.
    let read = this.#read === null ? lastSeq : this.#read > lastSeq ? 0 : this.#read;
    const scores: ScoredTrace[] = [];
    while (read < lastSeq && scores.length < READ_AT_MOST) {
      const page = evaluations.after(read, READ_AT_ONCE);
      const last = page.at(-1);
      if (!last) break;
      read = last.seq;
      scores.push(...page.flatMap((one) => scoredTrace(one) ?? []));
    }
    return { scores, read };
  }
}

interface Step {
  group: AlertGroup;
  effect: AlertEffect;
}

/** What fired is never left out for others, nor what fires now for what does not; then come those with samples. */
function mostWanted(steps: readonly Step[], known: ReadonlyMap<string | null, AlertGroup>): Step[] {
  if (steps.length <= MOST_GROUPS) return [...steps];
  const rank = ({ group, effect }: Step): number => {
    const before = known.get(group.label);
    if (before && isFiring(before)) return 0;
    if (effect !== null) return 1;
    return group.samples > 0 ? 2 : 3;
  };
  return [...steps].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_GROUPS);
}

/** Whole seconds, as the aggregates have them. */
function windowOf({ overMs, of }: AlertRule, { nowMs, comparableMs }: WatchedTime): AlertWindow {
  const toMs = Math.floor(nowMs / 1_000) * 1_000;
  return { fromMs: Math.max(toMs - overMs, comparableMs), toMs, where: of };
}

/** Of what a rule is about; what else is changed lets it go on. */
function digestOf({ condition: { quantity, operator, limit }, of, by }: AlertRule): string {
  return contentHash({ quantity, operator, limit, of, by });
}

function keyOf({ rule, label }: Pick<AlertGroup, 'rule' | 'label'>): string {
  return JSON.stringify([rule, label]);
}

function byKey(groups: readonly StoredGroup[]): Map<string, StoredGroup> {
  return new Map(groups.map((stored) => [keyOf(stored.group), stored]));
}
