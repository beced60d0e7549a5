import type { DeploymentEntry, SideFiguresEntry } from '../../../src/protocol/deploymentEntries.ts';

/** When the entries say it is. */
export const NOW = Date.UTC(2026, 10, 30, 18, 40);

const MINUTE = 60_000;

/** Nothing was measured of it. */
export const nothingMeasured: SideFiguresEntry = {
  samples: 0,
  bySource: {},
  errors: 0,
  errorRate: null,
  passRate: null,
  meanScore: null,
  p50Ms: null,
  p95Ms: null,
  costUsd: null,
  costPerRequest: null,
  servedModels: [],
  failedTraces: [],
};

const older: SideFiguresEntry = {
  samples: 310,
  bySource: { gateway: 310 },
  errors: 1,
  errorRate: { value: 1 / 310, low: 0.0006, high: 0.018 },
  passRate: { value: 0.94, low: 0.907, high: 0.961 },
  meanScore: { value: 0.91, low: 0.9, high: 0.92 },
  p50Ms: 640,
  p95Ms: 1_450,
  costUsd: 0.38,
  costPerRequest: { value: 0.00123, low: 0.0011, high: 0.0014 },
  servedModels: ['gpt-5-mini-2026-08-07'],
  failedTraces: [],
};

const newer: SideFiguresEntry = {
  samples: 34,
  bySource: { gateway: 30, golden: 4 },
  errors: 0,
  errorRate: { value: 0, low: 0, high: 0.103 },
  passRate: { value: 0.97, low: 0.85, high: 0.995 },
  meanScore: { value: 0.93, low: 0.88, high: 0.97 },
  p50Ms: 590,
  p95Ms: 1_320,
  costUsd: 0.04,
  costPerRequest: { value: 0.00118, low: 0.0009, high: 0.0015 },
  servedModels: ['gpt-5-mini-2026-08-07'],
  failedTraces: [],
};

/** In the middle of its steps, with all that there is to be shown. */
export const watching: DeploymentEntry = {
  deployment: 'support',
  where: 'route support of the gateway at 127.0.0.1:4320',
  blue: { name: 'support-2', what: 'release/support-2' },
  green: { name: 'support-3', what: 'release/support-3' },
  phase: 'watching',
  step: 1,
  steps: [1, 10, 25, 50, 75, 100].map((weight, at) => ({
    weight,
    holdMs: (at === 0 ? 10 : 5) * MINUTE,
    minSamples: 30,
  })),
  weights: { blue: 90, green: 10 },
  states: { blue: 'ready', green: 'ready' },
  drift: [],
  sinceMs: NOW - 100_000,
  untilMs: NOW + 200_000,
  report: {
    status: 'undecided',
    reason: 'the hold of this step is not over',
    clauses: [
      { name: 'min_samples', status: 'pass', reason: '34 samples of 30' },
      { name: 'min_pass_rate', status: 'pass', reason: '97.0 % passed, at least 90.0 % required' },
      {
        name: 'max_error_increase',
        status: 'undecided',
        reason: 'at most 10.3 % more errors than blue, 2.0 % allowed: the samples do not exclude it yet',
      },
      { name: 'no_regression[critical]', status: 'pass', reason: 'no case with this tag got worse' },
    ],
    blue: older,
    green: newer,
    minSamples: 30,
  },
  explanation: [
    'Step 2 of 6 gives green 10 % of the traffic and is watched for 5 minutes.',
    'The gate is undecided: max_error_increase.',
  ],
  actions: ['pause', 'promote', 'abort', 'rollback'],
  controller: 'services process 4711 on laptop',
  journal: [
    {
      seq: 1,
      kind: 'transition',
      atMs: NOW - 15 * MINUTE,
      by: 'mira',
      text: 'deployment of support-3 began',
    },
    { seq: 2, kind: 'effect', atMs: NOW - 14 * MINUTE, by: 'controller', text: 'green is ready' },
    { seq: 3, kind: 'transition', atMs: NOW - 13 * MINUTE, by: 'controller', text: 'step 1 of 6 began: 1 %' },
    { seq: 4, kind: 'transition', atMs: NOW - 100_000, by: 'controller', text: 'step 2 of 6 began: 10 %' },
    {
      seq: 5,
      kind: 'effect',
      atMs: NOW - 99_000,
      by: 'controller',
      text: 'weights read back: blue 90, green 10',
    },
  ],
};

/** Before anything was measured. */
export const starting: DeploymentEntry = {
  ...watching,
  where: null,
  phase: 'starting',
  step: null,
  weights: null,
  states: { blue: 'ready', green: 'starting: no answer at /health yet' },
  untilMs: NOW + 90_000,
  report: null,
  explanation: ['Green was started and is not ready yet.'],
  actions: ['pause', 'abort'],
  journal: watching.journal.slice(0, 1),
};

/** A release that failed, with what a person needs to find out why. */
export const rolledBack: DeploymentEntry = {
  ...watching,
  phase: 'rolled-back',
  weights: { blue: 100, green: 0 },
  states: { blue: 'ready', green: 'not running' },
  untilMs: null,
  report: {
    status: 'fail',
    reason: 'max_error_increase: 40.0 % of green and 0.3 % of blue failed',
    clauses: [
      { name: 'min_samples', status: 'pass', reason: '34 samples of 30' },
      {
        name: 'max_error_increase',
        status: 'fail',
        reason: '40.0 % of green and 0.3 % of blue failed; 2.0 % more are allowed',
      },
    ],
    blue: older,
    green: {
      ...newer,
      errors: 14,
      errorRate: { value: 0.41, low: 0.26, high: 0.58 },
      failedTraces: ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'],
    },
    minSamples: 30,
  },
  explanation: [
    'Green was rolled back at step 2 of 6: 40.0 % of green and 0.3 % of blue failed; 2.0 % more are allowed.',
    'All the traffic goes to support-2; green was drained and stopped.',
  ],
  actions: [],
  controller: null,
};

/** Waits for a person. */
export const paused: DeploymentEntry = {
  ...watching,
  phase: 'paused',
  untilMs: null,
  report: watching.report && {
    ...watching.report,
    reason: '12 samples of 30',
    clauses: [{ name: 'min_samples', status: 'undecided', reason: '12 samples of 30' }],
    green: { ...nothingMeasured, samples: 12, bySource: { gateway: 12 } },
  },
  drift: ['The route has a third target that this deployment does not know: canary-x.'],
  explanation: ['The gate could not be decided within the hold: 12 samples of 30.'],
  actions: ['resume', 'promote', 'abort', 'rollback'],
};

/** At 100 %, with blue kept. */
export const keeping: DeploymentEntry = {
  ...watching,
  phase: 'keeping',
  step: 5,
  weights: { blue: 0, green: 100 },
  untilMs: NOW + 55 * MINUTE,
  explanation: ['All steps passed. Blue is kept for 1 hour for a way back.'],
  actions: ['rollback', 'decommission'],
};
