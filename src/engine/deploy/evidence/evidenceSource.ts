import type { Pair } from '../routers/router.ts';
import type { Figure, Sample } from './sample.ts';

/** The time of a step in which samples count, in milliseconds since the epoch. */
export interface StepWindow {
  sinceMs: number;
  untilMs: number;
}

export interface WantedOfTag {
  tag: string;
  count: number;
}

export interface Evidence {
  samples: readonly Sample[];
  figures: readonly Figure[];
  /** Why something that was asked for could not be learned, in sentences; a missing measurement never passes. */
  problems: readonly string[];
  /** Models that served green when it was evaluated, before it was deployed. */
  recordedModels?: readonly string[];
}

/** Where evidence comes from. Rejects never for what is missing: that is a problem of the evidence. */
export interface EvidenceSource {
  /** Evaluations for these versions begin. May be called again. */
  begin(pair: Pair, signal: AbortSignal): Promise<void>;
  read(pair: Pair, window: StepWindow, signal: AbortSignal): Promise<Evidence>;
  /** Asks green `count` more golden cases within the step; their samples are read later. */
  fill(pair: Pair, window: StepWindow, count: number, signal: AbortSignal): Promise<void>;
  /** Asks both `count` more golden cases with a tag within the step, each case once, where no traffic of it has that tag. */
  fillTag(pair: Pair, window: StepWindow, wanted: WantedOfTag, signal: AbortSignal): Promise<void>;
  /** A few golden cases at green before it gets traffic. */
  smoke(pair: Pair, signal: AbortSignal): Promise<SmokeReport>;
  end(signal: AbortSignal): Promise<void>;
}

export type SmokeReport = { status: 'pass' | 'fail' | 'undecided'; reason: string };
