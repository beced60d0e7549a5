import { counted } from '../../model/figures.ts';
import type { Ending } from '../policy.ts';
import type { BreakerConfig } from '../resilienceConfig.ts';
import { type CallWindow, NO_CALLS, recentCalls, recordCall, type WindowLimits } from './callWindow.ts';

/** Leave for one probe, until it is settled or its time is over, on the monotonic clock in milliseconds. */
interface Probe {
  id: number;
  until: number;
}

/** State of a circuit breaker. `epoch` grows with each change of kind: what began in an earlier one has no say in this. */
export type BreakerState = { epoch: number; since: number } & (
  | { kind: 'closed'; window: CallWindow; streak: number; lastFailureAt: number; reopened: number }
  | { kind: 'open'; window: CallWindow; until: number; reason: string; reopened: number }
  | {
      kind: 'half-open';
      window: CallWindow;
      probes: readonly Probe[];
      /** Probes that succeeded, and how many of them were slow. */
      passed: number;
      slow: number;
      issued: number;
      reopened: number;
      /** What it was before a person asked for probes early: one at a time is made, and the first that fails brings it back. */
      early?: BreakerState & { kind: 'open' };
    }
  | { kind: 'isolated' }
);

/** Which call is settled: of which epoch, and which probe where it is one. */
export interface Ticket {
  epoch: number;
  probe: number | undefined;
}

export type Admission =
  | { granted: true; ticket: Ticket }
  /** `until`: when to ask again; undefined where only a probe or a person can tell. */
  | { granted: false; until: number | undefined; reason: string; isolated: boolean };

/** How a call ended, as far as it says something about its provider. */
export interface Verdict {
  failed: boolean;
  slow: boolean;
  /** The account has nothing left at the provider: whatever follows would end the same way. */
  spent?: boolean;
  /** In milliseconds. */
  durationMs: number;
}

/** Uniform in [0, 1); drawn only when the breaker opens. */
type Draw = () => number;

/** A probe whose call has no earlier deadline is given up after this time, in milliseconds. */
const LONGEST_PROBE_MS = 600_000;
/** After its deadline, a call is still given this time to be settled, in milliseconds. */
const GRACE_MS = 1000;
/** Calls that lie further back do not count, and failures with such a gap between them are not in a row, in milliseconds. */
const FORGOTTEN_MS = 1_800_000;
/** The share by which an open time may be shorter than it is set, so that not everybody asks again at one moment. */
const JITTER = 0.1;
const GROWTH = 2;
/** Why it opened, where the first such answer is enough. */
const SPENT = 'a quota or credit was used up';

export function closed(now: number, epoch = 0, reopened = 0): BreakerState {
  return {
    kind: 'closed',
    epoch,
    since: now,
    window: NO_CALLS,
    streak: 0,
    lastFailureAt: -Infinity,
    reopened,
  };
}

export function isolated(state: BreakerState, now: number): BreakerState {
  return state.kind === 'isolated' ? state : { kind: 'isolated', epoch: state.epoch + 1, since: now };
}

/** A person has reason to think that the provider is back: an open breaker lets probes through before its time, one after the other. */
export function triedEarly(state: BreakerState, now: number): BreakerState {
  return state.kind === 'open' ? { ...halfOpen(state, now), early: state } : state;
}

/**
 * What the passing of time alone makes of a state: an open breaker becomes half-open, and opens again when a probe has not
 * been settled in time.
 */
export function atTime(state: BreakerState, now: number, config: BreakerConfig, draw: Draw): BreakerState {
  let current = state;
  for (;;) {
    if (current.kind === 'open' && now >= current.until) {
      current = halfOpen(current, current.until);
      continue;
    }

    if (current.kind !== 'half-open') return current;
    const lost = Math.min(...current.probes.map(({ until }) => until));
    if (now < lost) return current;
    current = opened(current, lost, 'a probe that did not end in time', config, draw);
  }
}

/** `deadline` is the call's. The state must be that of `now`. */
export function admitCall(
  state: BreakerState,
  now: number,
  deadline: number,
  { halfOpenCalls }: BreakerConfig,
): [BreakerState, Admission] {
  switch (state.kind) {
    case 'closed':
      return [state, { granted: true, ticket: { epoch: state.epoch, probe: undefined } }];
    case 'open':
      return [
        state,
        { granted: false, until: state.until, reason: `open after ${state.reason}`, isolated: false },
      ];
    case 'isolated':
      return [state, { granted: false, until: undefined, reason: 'isolated by hand', isolated: true }];
    case 'half-open': {
      const atOnce = state.early ? 1 : halfOpenCalls;
      if (state.probes.length >= Math.min(atOnce, halfOpenCalls - state.passed)) {
        const reason = 'half-open, and its probes are under way';
        return [state, { granted: false, until: undefined, reason, isolated: false }];
      }

      const probe = { id: state.issued, until: Math.min(deadline + GRACE_MS, now + LONGEST_PROBE_MS) };
      const probes = [...state.probes, probe];
      const ticket = { epoch: state.epoch, probe: probe.id };
      return [
        { ...state, probes, issued: state.issued + 1 },
        { granted: true, ticket },
      ];
    }
  }
}

/** A verdict of null gives a probe's leave back, and nothing else. The state must be that of `now`. */
export function settleCall(
  state: BreakerState,
  { epoch, probe }: Ticket,
  verdict: Verdict | null,
  now: number,
  config: BreakerConfig,
  draw: Draw,
): BreakerState {
  if (epoch !== state.epoch) return state;
  if (state.kind === 'closed') return verdict ? afterCall(state, verdict, now, config, draw) : state;
  if (state.kind !== 'half-open') return state;

  const settled = { ...state, probes: state.probes.filter(({ id }) => id !== probe) };
  if (!verdict) return settled;
  if (verdict.failed) return opened(settled, now, verdict.spent ? SPENT : 'a failed probe', config, draw);

  const passed = state.passed + 1;
  const slow = state.slow + Number(verdict.slow);
  if (passed < config.halfOpenCalls) return { ...settled, passed, slow };
  if (slow >= config.slowRate * passed)
    return opened(settled, now, `${counted(slow, 'slow probe')} of ${passed}`, config, draw);
  return closed(now, state.epoch + 1, state.reopened);
}

/**
 * Only what the provider did counts. A call that it refused for its limits (429) is neither a failure nor a success: it was
 * not tried, and the pace of calls is another policy's; but where its account has nothing left, no later one will do better. Neither is one that its caller got wrong or stopped, nor one that was not sent.
 */
export function verdictOf({ decision, silentMs, durationMs }: Ending, slowMs: number): Verdict | null {
  switch (decision.kind) {
    case 'done':
      return { failed: false, slow: silentMs > slowMs, durationMs };
    case 'transient':
    case 'overloaded':
      return { failed: true, slow: silentMs > slowMs, durationMs };
    case 'spent':
      return { failed: true, slow: false, spent: true, durationMs };
    case 'caller':
    case 'rate-limited':
    case 'rejected':
      return null;
  }
}

/** What the breaker looks at. */
export function windowLimits({ window }: BreakerConfig): WindowLimits {
  return window.kind === 'calls'
    ? { calls: window.calls, ms: FORGOTTEN_MS }
    : { calls: Infinity, ms: window.ms };
}

/** The calls in the window at `now`. */
export function callsOf(state: BreakerState, now: number, config: BreakerConfig): CallWindow {
  return state.kind === 'isolated' ? NO_CALLS : recentCalls(state.window, now, windowLimits(config));
}

function afterCall(
  state: BreakerState & { kind: 'closed' },
  verdict: Verdict,
  now: number,
  config: BreakerConfig,
  draw: Draw,
): BreakerState {
  const window = recordCall(state.window, verdict, now, windowLimits(config));
  // How long a call took is no gap: calls may fail by time limits of any length.
  const gapMs = now - verdict.durationMs - state.lastFailureAt;
  const inRow = gapMs < FORGOTTEN_MS ? state.streak + 1 : 1;
  const streak = verdict.failed ? inRow : 0;
  const lastFailureAt = verdict.failed ? now : state.lastFailureAt;

  const next = { ...state, window, streak, lastFailureAt };
  const reason = verdict.spent ? SPENT : reasonToOpen(next, config);
  if (reason === undefined) return next;

  // After a good while, the provider is as trusted as at first.
  const calm = now - state.since >= config.openMaxMs;
  return opened(calm ? { ...next, reopened: 0 } : next, now, reason, config, draw);
}

function reasonToOpen(
  { window, streak }: BreakerState & { kind: 'closed' },
  { failures, failureRate, slowRate, minimumCalls }: BreakerConfig,
): string | undefined {
  const { total, failed, slow } = window;
  if (streak > 0 && streak >= failures) return `${counted(streak, 'failure')} in a row`;
  if (total < minimumCalls) return undefined;
  if (failed > 0 && failed >= failureRate * total)
    return `${counted(failed, 'failure')} in ${counted(total, 'call')}`;
  if (slow > 0 && slow >= slowRate * total) return `${counted(slow, 'slow call')} of ${total}`;
  return undefined;
}

function opened(
  state: BreakerState & { kind: 'closed' | 'half-open' },
  now: number,
  reason: string,
  { openMs, openMaxMs }: BreakerConfig,
  draw: Draw,
): BreakerState {
  const { epoch, window, reopened } = state;
  // An early probe that fails says nothing new: the provider is given the time that it was to have.
  if (state.kind === 'half-open' && state.early && now < state.early.until)
    return { ...state.early, epoch: epoch + 1 };

  const longestMs = Math.min(openMs * GROWTH ** reopened, openMaxMs);
  const until = now + longestMs * (1 - JITTER * draw());
  return { kind: 'open', epoch: epoch + 1, since: now, window, until, reason, reopened: reopened + 1 };
}

function halfOpen({ epoch, window, reopened }: BreakerState & { kind: 'open' }, now: number) {
  const none = { probes: [], passed: 0, slow: 0, issued: 0 };
  return { kind: 'half-open' as const, epoch: epoch + 1, since: now, window, ...none, reopened };
}
