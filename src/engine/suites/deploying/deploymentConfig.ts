import type { SourceLocation } from '../../model/location.ts';

/** One entry of `deployments` in touchstone.yaml, with every default filled in. */
export interface DeploymentConfig {
  name: string;
  location?: SourceLocation;
  router: RouterConfig;
  /** Agents that a deployment may bring forward by name; prompts are brought forward as releases, which are not listed. */
  versions: readonly VersionConfig[];
  /** Whose evaluators and gate every step is held to; undefined where errors, latency and cost alone are. */
  suite?: string;
  policy: RolloutPolicy;
  evidence: EvidenceConfig;
}

export type RouterConfig =
  /** The gateway of this workspace. */
  { kind: 'local'; route: string } | ({ kind: 'kubernetes' } & KubernetesConfig);

export interface KubernetesConfig {
  /** Of the kubeconfig; undefined takes its current one, which is shown and confirmed. */
  context?: string;
  namespace: string;
  /** The Deployment that serves now, from which that of a new version is made. */
  deployment: string;
  /** The container that a version changes; undefined where there is one. */
  container?: string;
  service: string;
  httpRoute: string;
}

export interface VersionConfig {
  name: string;
  location?: SourceLocation;
  what: VersionTarget;
}

/** What a version is. */
export type VersionTarget =
  /** A prompt release: for the gateway a model, in a cluster an environment variable or a mounted file. */
  | { kind: 'release'; release: string }
  /** What a route of the gateway leads to already, as its `to` says: `openai/gpt-5-mini`. Traffic may leave it; it is not brought forward. */
  | { kind: 'model'; model: string }
  /** An agent behind a URL that somebody else runs. Ready where `readyPath` answers 2xx, else where it can be connected to. */
  | { kind: 'url'; url: string; readyPath?: string }
  /** An agent program: started, asked for its readiness, drained and stopped. It gets its port in `portVariable`. */
  | {
      kind: 'program';
      command: readonly string[];
      portVariable: string;
      environment: { readonly [name: string]: string };
      /** Ready where this path answers 2xx. */
      readyPath: string;
    }
  | { kind: 'image'; image: string; environment: { readonly [name: string]: string } };

/** Times in milliseconds. */
export interface RolloutPolicy {
  /** Percent of the traffic, rising, the last one 100. */
  steps: readonly StepConfig[];
  /** What becomes of a step that cannot be decided when its time is over. */
  undecided: 'pause' | 'extend' | 'rollback';
  /** How often a step is extended before it pauses. */
  maxExtensions: number;
  /** A step may end before its time as soon as this much of it and its samples are there and its gate passes. Undefined: never before. */
  earlyPassMs?: number;
  /** Until the new version must be ready. */
  readyMs: number;
  /** The previous version is kept for so long at 100 %, for a way back. */
  keepMs: number;
  /** Requests under way may take so long once a version gets no more traffic. */
  drainMs: number;
  /** Promotion waits for a person at every step, though the gate passes. */
  confirm: boolean;
}

export interface StepConfig {
  weight: number;
  holdMs: number;
  /** Samples of the new version, of this step alone. */
  minSamples: number;
}

export interface EvidenceConfig {
  /** Share of the requests whose answers are evaluated, 0 to 1; errors, latency and cost are known of all. */
  share: number;
  /** US dollars for the judges of one deployment. */
  maxCostUsd?: number;
  /** The new version may err more often than the old one by this much, 0–1. */
  maxErrorIncrease: number;
  /** Its p95 latency may be longer by this share: 0.2 is 20 %. Undefined: is not held against it. */
  maxLatencyIncrease?: number;
  /** Golden cases are asked of the new version where traffic alone does not bring enough samples. */
  goldenCases: boolean;
  /** Pairs of the route's shadow count as evidence. */
  shadowPairs: boolean;
  prometheus: readonly PrometheusQuery[];
}

/** A query whose value must stay within limits. `{{blue}}`, `{{green}}`, `{{window}}` stand for the versions and the step so far. */
export interface PrometheusQuery {
  name: string;
  location?: SourceLocation;
  url: string;
  query: string;
  min?: number;
  max?: number;
}
