import type { GatePolicy } from './gatePolicy.ts';

/** Everything that decides what a run does; stored with it, compared before it is resumed. */
export interface RunPlan {
  suite: string;
  /** Workspace-relative path of the configuration, or null where the suite was made without one. */
  configPath: string | null;
  targets: PlanTarget[];
  dataset: PlanDataset;
  /** SHA-256 over evaluators, the code that they load, cascade and verdict rule. */
  evaluatorsHash: string;
  /** Fingerprint of the workspace's files, where programs that the run starts may read any of them. */
  files?: string;
  /** What it writes into the workspace itself, as reports and recordings; no program reads these. Relative paths. */
  writes?: string[];
  filter: RunFilter;
  /** Where outputs come from that were not called for in this run; absent in an ordinary one. */
  origin?: RunOrigin;
  /** Set in a run that was made for a comparison: what its two sides are called. It is never resumed as an evaluation. */
  comparison?: { baseline: string; candidate: string };
  /** Id of the run in which its results stand in place of those that were there: it is not a run by itself. */
  partOf?: string;
  /** What the person asked for in other words than the suite's; absent in runs of older versions. */
  request?: RunRequest;
  /** What the person left out of the suite for this run; absent where it ran whole. */
  leftOut?: RunOmission;
  /** The model of every prompt target, where the person chose one for this run. */
  model?: string;
  /** The model of judges that name none, where the person chose one for this run. */
  judge?: string;
  repeat: number;
  seed: number;
  /** The number of trials that the run will hold when it is complete: targets × chosen cases × repeat. */
  trials: number;
  /** The policy as the suite had it; null where it has none. */
  gate: GatePolicy | null;
}

/**
 * What a person asks of one run in other words than its suite's; undefined leaves the suite's own. Kept with the run, so
 * that whoever goes on with it, or asks the same again, needs nobody's memory.
 */
export interface RunRequest {
  filter?: RunFilter;
  repeat?: number;
  maxConcurrency?: number;
  seed?: number;
  /** The model of every prompt target, as `provider/model`. */
  model?: string;
  /** The model that judges in place of every other one, as `provider/model`. */
  judge?: string;
  /** Names of the targets that take part; all of them where absent. */
  targets?: string[];
  /** Paths of the suite's datasets that take part; all of them where absent. */
  datasets?: string[];
  /** Leave out evaluators of the stage `judge`. */
  withoutJudge?: boolean;
  /** Id of a stored run whose outputs are judged anew; no target is called. */
  rejudge?: string;
  /** Keep the replies of models and agents in a folder, or take them from there. A stored folder counts from the workspace. */
  recordings?: { mode: 'record' | 'replay'; folder: string };
}

export interface PlanDataset {
  path: string;
  version: string;
  schemaVersion: string;
  contentHash: string;
  /** Cases that it holds. */
  count: number;
  /** Cases that the filter leaves, all of which take part; absent in a run of an older version. */
  chosen?: number;
}

export interface PlanTarget {
  name: string;
  kind: string;
  /** SHA-256 over everything that decides its behaviour and stands in the workspace. */
  hash: string;
  /** What it takes from outside, e.g. environment variables: name → keyed digest. Never leaves the store. */
  environment?: { [name: string]: string };
}

/**
 * `replay`: recordings answered in place of models and agents. `rejudge`: the outputs are those of a stored run. `live`: they
 * are those of requests that clients sent.
 */
export interface RunOrigin {
  replay?: true;
  /** Id of the run whose outputs are judged anew. */
  rejudge?: string;
  live?: LiveOrigin;
}

/** Pairs of answers to the requests of clients, in a comparison that is looked at while they come in. */
export interface LiveOrigin {
  route: string;
  /** Name of the target whose answers the clients got: what they cost is not this run's. */
  baseline: string;
  /** Both targets are the very same thing. */
  same: boolean;
  /** Non-inferiority and equivalence margin, 0–1. */
  margin: number;
  /** SHA-256 of what a person asked for: what goes on after a restart is the very same. */
  key: string;
}

export interface RunOmission {
  /** Names of the targets that were not called. */
  targets?: string[];
  /** Evaluators of the stage `judge` did not take part. */
  judge?: true;
}

/** Which cases take part. All conditions must hold; empty lists hold always. */
export interface RunFilter {
  /** A case takes part when its id or description contains one of these (case-insensitive), or matches with `*`. */
  names: string[];
  /** A case takes part when it has one of these tags. */
  tags: string[];
  /** A case takes part when its id is exactly one of these. */
  ids?: string[];
}

export type RunState =
  /** Stored, and never yet worked on. */
  | { state: 'planned' }
  | { state: 'running'; owner: { pid: number; host: string; started: string | null; heartbeat: number } }
  /** `reason`: why the program itself ended it, e.g. a spending limit. */
  | { state: 'interrupted'; reason?: string }
  /** `reason`: why no more trials were needed than are stored, e.g. a comparison that was settled. */
  | { state: 'complete'; finishedAt: number; reason?: string };

export interface RunRecord {
  id: string;
  plan: RunPlan;
  status: RunState;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Wall time spent over all attempts, in milliseconds. */
  elapsedMs: number;
  /** When its owner last wrote, in milliseconds since the epoch; null where that is not known. */
  seenAt: number | null;
}
