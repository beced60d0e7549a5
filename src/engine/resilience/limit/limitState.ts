import type { Decision } from '../decision.ts';

/** Calls at once with which an adaptive limit begins, where its cap allows them. */
const FIRST = 16;
/** While nothing was refused, the limit doubles in about so long, or as long as a call lasts where that is shorter. */
const DOUBLING_MS = 500;
const SHORTEST_DOUBLING_MS = 10;
/** What is left of the limit after its first refusal, and after later ones. */
const FIRST_DECREASE = 0.5;
const DECREASE = 0.9;
/** Calls whose mean duration counts. */
const REMEMBERED = 300;
/** Where calls may not come faster than one now and then, they begin so many times as far apart as they last, at most. */
const SLOWEST = 1 / 50;
/** How near to the rate that was found to be allowed the limit goes back. */
const MARGIN = 0.97;
/** What was accepted tells what is allowed if clearly more was made, in relation to it. */
const OVERDRIVEN = 1.1;
/** Calls that must have been accepted between two refusals to tell by them what is allowed. */
const ENOUGH = 20;
/** After a first refusal, the limit grows by this share in each window until the next one. */
const SEARCH = 0.1;
const SEARCH_WINDOW_MS = 250;
/** Later, a window is as long as a call lasts, within these bounds. */
const SHORTEST_WINDOW_MS = 100;
const LONGEST_WINDOW_MS = 1000;
/** How much of the way back to what was refused one window goes. */
const RECOVERY = 0.25;
/** Steps beyond what was refused grow by this share of the limit with each window that goes well. */
const ACCELERATION = 0.01;
/** After so many windows beyond it, what was refused is out of date, and the search begins again. */
const OUTDATED = 8;
/**
 * What was refused is tried again after so many calls, or so long: soon at first, and later where it was refused again and again. So
 * refusals stay rare where few calls are allowed.
 */
/** Ceilings that differ by no more than this share are the same. */
const SAME = 0.25;
const FIRST_HOLD_CALLS = 10;
const HOLD_CALLS = 200;
const HOLD_MS = 120_000;

/** `starting`: nothing was refused yet. `searching`: once. `settled`: above `ceiling`; `beyond` counts windows above it. */
type Phase =
  | { kind: 'starting' }
  | { kind: 'searching' }
  | { kind: 'settled'; ceiling: number; since: number; hold: number; answered: number; beyond: number };

/**
 * How many calls may be under way at once. The limit doubles until the provider refuses a call, then searches for what it allows. From
 * then on it stays just below, and tries a little more now and then.
 */
export interface LimitState {
  phase: Phase;
  /** Not a whole number while it grows. */
  limit: number;
  /** When the window began, and whether as many calls were under way in it as the limit allows. */
  window: { from: number; reached: boolean };
  /**
   * Since the last refusal that lowered the limit: the number of the first call, of which refusals say something new, and the
   * most calls that were under way.
   */
  epoch: { call: number; top: number };
  /** What was accepted since a refusal of earlier; `saturated` while more was wanted all the time. */
  measure: { at: number; call: number; refused: number; saturated: boolean; limit: number };
  /** The provider refuses calls that come too fast, and not those that are too many at once: they begin evenly spaced. */
  spaced: boolean;
  /** Mean duration of calls that went well, in milliseconds; undefined until one did. */
  latencyMs: number | undefined;
  /** Calls that went well. */
  done: number;
}

/** Bounds of the limit, 1 or more. */
export interface LimitBounds {
  min: number;
  max: number;
}

/** A call that was let in. `at`: calls under way with it; `top`: the most that were so before it, since the last refusal. */
export interface AdmittedCall {
  number: number;
  at: number;
  top: number;
}

export function startLimit({ max }: LimitBounds, now: number): LimitState {
  return {
    phase: { kind: 'starting' },
    limit: Math.min(FIRST, max),
    window: { from: now, reached: false },
    epoch: { call: 0, top: 0 },
    measure: { at: now, call: 0, refused: 0, saturated: false, limit: 0 },
    spaced: false,
    latencyMs: undefined,
    done: 0,
  };
}

/** As many calls are under way as may be, or more want to be. */
export function limitReached(state: LimitState): void {
  state.window.reached = true;
}

/** The call with this number was let in, and is one of `underWay`. */
export function callAdmitted(state: LimitState, number: number, underWay: number): AdmittedCall {
  const { top } = state.epoch;
  state.epoch.top = Math.max(top, underWay);
  return { number, at: underWay, top };
}

/** How long a window lasts, in milliseconds. */
export function windowMs(state: LimitState): number {
  const { phase, latencyMs, limit, done } = state;
  switch (phase.kind) {
    case 'starting':
      // The first calls to end are the fastest ones, and tell too little.
      if (done < limit || latencyMs === undefined) return DOUBLING_MS / limit;
      return Math.min(DOUBLING_MS, Math.max(SHORTEST_DOUBLING_MS, latencyMs)) / limit;
    case 'searching':
      return Math.max(SEARCH_WINDOW_MS, gapMs(state));
    case 'settled': {
      const lastsMs = Math.max(SHORTEST_WINDOW_MS, latencyMs ?? LONGEST_WINDOW_MS);
      return Math.max(Math.min(LONGEST_WINDOW_MS, lastsMs), gapMs(state));
    }
  }
}

/** Raises the limit by one step where a window has passed in which it was reached, and nothing was refused. */
export function passWindow(state: LimitState, { max }: LimitBounds, now: number): void {
  if (now < state.window.from + windowMs(state)) return;
  if (state.window.reached) state.limit = Math.min(max, state.limit + nextStep(state, now));
  else state.measure.saturated = false;
  state.window = { from: now, reached: false };
}

function nextStep(state: LimitState, now: number): number {
  const { phase, limit } = state;
  if (phase.kind === 'starting') return 1;
  if (phase.kind === 'searching') return Math.max(leastStep(limit), SEARCH * limit);

  const { ceiling, since, hold, answered } = phase;
  if (phase.beyond === 0 && limit < ceiling)
    return Math.min(ceiling - limit, Math.max(leastStep(limit), (ceiling - limit) * RECOVERY));
  if (phase.beyond === 0 && answered < hold && now < since + HOLD_MS) return 0;

  phase.beyond++;
  if (phase.beyond > OUTDATED) state.phase = { kind: 'searching' };
  return Math.max(leastStep(limit), ACCELERATION * phase.beyond * limit);
}

/** One call more; where there are only a few, the part of one that is a quarter more. */
function leastStep(limit: number): number {
  return Math.min(1, limit / 4);
}

/** What a call's end says about the limit, when `admitted` calls have been let in so far. */
export function callEnded(
  state: LimitState,
  call: AdmittedCall,
  { decision, durationMs }: { decision: Decision; durationMs: number },
  { admitted, now, min }: { admitted: number; now: number; min: number },
): void {
  switch (decision.kind) {
    case 'done':
      state.done++;
      learnLatency(state, durationMs);
      if (state.phase.kind === 'settled') state.phase.answered++;
      return;
    case 'rate-limited':
    case 'overloaded':
      if (call.number >= state.measure.call) state.measure.refused++;
      if (call.number >= state.epoch.call) lower(state, call, admitted, min, now);
      return;
    default:
  }
}

function lower(state: LimitState, call: AdmittedCall, admitted: number, min: number, now: number): void {
  const { limit, phase, measure } = state;
  // Where it was accepted before with as many calls under way, their number is not what it was refused for.
  state.spaced = call.top >= call.at || call.at === 1;
  const allowed = state.spaced ? allowedCalls(state, admitted, now) : undefined;

  const settle = (ceiling: number): Phase => {
    const again =
      phase.kind === 'settled' && Math.abs(phase.ceiling - ceiling) <= Math.max(1, SAME * ceiling);
    const hold = again ? Math.min(HOLD_CALLS, 2 * phase.hold) : FIRST_HOLD_CALLS;
    return { kind: 'settled', ceiling, since: now, hold, answered: 0, beyond: 0 };
  };
  if (allowed !== undefined) {
    state.limit = Math.max(limit * FIRST_DECREASE, Math.min(allowed, limit) * MARGIN);
    state.phase = settle(Math.max(state.limit, Math.min(allowed, limit - leastStep(limit))));
  } else if (phase.kind === 'starting') {
    state.limit = limit * FIRST_DECREASE;
    state.phase = { kind: 'searching' };
  } else {
    state.limit = limit * DECREASE;
    state.phase = settle(state.spaced ? limit - leastStep(limit) : call.at - 1);
  }
  // Below one call at once, calls begin further apart than they last.
  state.limit = Math.max(min > 1 ? min : state.spaced ? SLOWEST : 1, state.limit);

  if (now - measure.at >= (state.latencyMs ?? 0))
    state.measure = { at: now, call: admitted, refused: 0, saturated: true, limit: state.limit };
  state.epoch = { call: admitted, top: 0 };
  state.window = { from: now, reached: false };
}

/**
 * The calls at once that the provider allows, where more were made all the time since the last refusal: what it accepted is what it
 * allows. Undefined where too few were accepted to tell.
 */
function allowedCalls({ measure, latencyMs }: LimitState, admitted: number, now: number): number | undefined {
  const accepted = admitted - measure.call - measure.refused;
  const forMs = now - measure.at;
  if (!measure.saturated || accepted < ENOUGH || latencyMs === undefined || forMs < latencyMs)
    return undefined;
  const allowed = (accepted / forMs) * latencyMs;
  return measure.limit >= OVERDRIVEN * allowed ? allowed : undefined;
}

function learnLatency(state: LimitState, durationMs: number): void {
  const weight = 1 / Math.min(state.done, REMEMBERED);
  state.latencyMs = (state.latencyMs ?? 0) + weight * (durationMs - (state.latencyMs ?? 0));
}

/** How far apart calls begin, in milliseconds. */
export function gapMs({ spaced, latencyMs, limit }: LimitState): number {
  return spaced ? (latencyMs ?? 0) / limit : 0;
}
