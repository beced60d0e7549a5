import { z } from 'zod';
import { durationSchema } from '../config/duration.ts';
import { nameSchema } from '../config/name.ts';

export const DEPLOYMENT_DEFAULTS = {
  steps: [1, 10, 25, 50, 75, 100],
  firstHold: '10m',
  hold: '5m',
  minSamples: 30,
  undecided: 'pause',
  maxExtensions: 3,
  readyWithin: '2m',
  keep: '1h',
  drain: '30s',
  portVariable: 'PORT',
  ready: '/health',
  share: 1,
  maxErrorIncrease: 0.02,
} as const;

const words = z.string().min(1);

/** As Kubernetes names its objects. */
const objectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
    'the name of an object of Kubernetes, in small letters, digits, "-" and "."',
  );

const kubernetesFile = z
  .strictObject({
    context: words
      .optional()
      .describe(
        'Context of the kubeconfig. Default: its current one. It is shown, and confirmed, either way.',
      ),
    namespace: objectName.describe('Namespace of all that is named here.'),
    deployment: objectName.describe(
      'The Deployment that serves now. That of a new version is made from it, and it is left as it is.',
    ),
    container: objectName
      .optional()
      .describe('Container that a version changes. Default: the only one of the Deployment.'),
    service: objectName.describe('The Service of that Deployment.'),
    http_route: objectName.describe('The HTTPRoute whose weights are changed.'),
  })
  .describe('Where a version runs in a cluster, and the HTTPRoute that shares out its traffic.');

const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable'),
  z.string(),
);

const readyPath = z.string().regex(/^\/[^\s#]*$/, 'a path such as /health');

const versionFile = z.union([
  z.strictObject({
    command: z
      .array(words)
      .min(1)
      .describe(
        'Program and arguments of an agent. It is started, asked whether it is ready, drained and stopped.',
      ),
    port_variable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
      .default(DEPLOYMENT_DEFAULTS.portVariable)
      .describe('Environment variable in which the program gets the port to listen on.'),
    ready: readyPath
      .default(DEPLOYMENT_DEFAULTS.ready)
      .describe('Path that answers 200 to 299 as soon as the program is ready.'),
    environment: environment
      .default({})
      .describe(
        'Environment variables of the program, in addition to the few that it always gets. "${env:NAME}" passes one on.',
      ),
  }),
  z.strictObject({
    url: words.describe('Base URL of an HTTP agent that somebody else starts and stops.'),
    ready: readyPath
      .optional()
      .describe(
        'Path of that host that answers 200 to 299 while the agent is ready. Default: ready where it can be connected to.',
      ),
  }),
  z.strictObject({
    image: words.describe('Container image, best with its digest.'),
    environment: environment
      .default({})
      .describe(
        'Environment variables of the container that differ. They can be read in the cluster: no secrets.',
      ),
  }),
]);

const weight = z.int().min(1).max(100).describe('Percent of the traffic.');

const minSamples = z
  .int()
  .min(1)
  .optional()
  .describe(
    `Answers of the new version that a step needs, of that step alone. Default: ${DEPLOYMENT_DEFAULTS.minSamples}.`,
  );

const hold = durationSchema
  .optional()
  .describe(
    `How long a step is watched before the next one. Default: ${DEPLOYMENT_DEFAULTS.firstHold} for the first step, ${DEPLOYMENT_DEFAULTS.hold} for each further one.`,
  );

const stepFile = z.union([weight, z.strictObject({ weight, hold, min_samples: minSamples })]);

const prometheusFile = z.strictObject({
  name: words.describe('Shown in the clauses of a step.'),
  url: words.describe('Address of Prometheus, such as http://127.0.0.1:9090.'),
  query: words.describe(
    'Query with one value. {{blue}} and {{green}} stand for the names of the versions, {{window}} for the time of the step so far, such as 300s.',
  ),
  min: z.number().optional().describe('The value must not be below this.'),
  max: z.number().optional().describe('The value must not be above this.'),
});

const evidenceFile = z
  .strictObject({
    share: z
      .number()
      .min(0)
      .max(1)
      .default(DEPLOYMENT_DEFAULTS.share)
      .describe(
        'Share of the answers that the evaluators of the suite score, 0 to 1. Errors, latency and cost are known of all.',
      ),
    max_cost_usd: z
      .number()
      .min(0)
      .optional()
      .describe('What judges may cost in one deployment, in US dollars. Default: no limit.'),
    max_error_increase: z
      .number()
      .min(0)
      .max(1)
      .default(DEPLOYMENT_DEFAULTS.maxErrorIncrease)
      .describe(
        'The share of errors may be higher than that of the version before by this much: 0.02 is two of a hundred.',
      ),
    max_latency_increase: z
      .number()
      .min(0)
      .optional()
      .describe(
        'The 95th percentile of the latency may be longer than that of the version before by this share: 0.25 is a quarter. Default: latency is not compared.',
      ),
    golden_cases: z
      .boolean()
      .default(false)
      .describe(
        'true: where traffic brings too few answers within a step, cases of the golden dataset are asked of the new version. They are counted and shown apart.',
      ),
    shadow_pairs: z
      .boolean()
      .default(false)
      .describe('true: pairs of the shadow of the route count as well.'),
    prometheus: z
      .array(prometheusFile)
      .default([])
      .describe('Values that must stay within limits at every step.'),
  })
  .describe('What a step is judged by, beside the gate of the suite.');

export const deploymentFile = z.strictObject({
  route: words.optional().describe('Route of the gateway whose traffic moves from one version to the next.'),
  kubernetes: kubernetesFile.optional(),
  suite: words
    .optional()
    .describe(
      'Suite whose evaluators and gate every step is held to. Default: errors, latency and cost decide alone.',
    ),
  versions: z
    .record(nameSchema, versionFile)
    .default({})
    .describe(
      'Agents that can be deployed, by name: a program, a URL, or a container image. Releases need no entry: `touchstone deploy start NAME --to release/NAME`.',
    ),
  steps: z
    .array(stepFile)
    .min(1)
    .default([...DEPLOYMENT_DEFAULTS.steps])
    .describe('Percent of the traffic for the new version, rising to 100; or { weight, hold, min_samples }.'),
  hold,
  min_samples: minSamples,
  undecided: z
    .enum(['pause', 'extend', 'rollback'])
    .default(DEPLOYMENT_DEFAULTS.undecided)
    .describe(
      'What becomes of a step that is undecided when its time is over. pause: it waits for you. extend: it goes on for as long again, and pauses after max_extensions. rollback: the version before gets all traffic back. None of them promotes it.',
    ),
  max_extensions: z
    .int()
    .min(0)
    .max(100)
    .default(DEPLOYMENT_DEFAULTS.maxExtensions)
    .describe('How often a step is extended before it pauses.'),
  early_pass: durationSchema
    .optional()
    .describe(
      'A step may end after this time instead of its hold if its samples show already that it passes. Default: never before its hold is over.',
    ),
  ready_within: durationSchema
    .default(DEPLOYMENT_DEFAULTS.readyWithin)
    .describe('Time limit until the new version must be ready. It gets no traffic before.'),
  keep: durationSchema
    .default(DEPLOYMENT_DEFAULTS.keep)
    .describe('How long the version before is kept running at 100 %, for a way back.'),
  drain: durationSchema
    .default(DEPLOYMENT_DEFAULTS.drain)
    .describe('How long requests under way may take when a version gets no more traffic.'),
  confirm: z
    .boolean()
    .default(false)
    .describe('true: a step that passes waits for `touchstone deploy promote`.'),
  evidence: evidenceFile.prefault({}),
});

export const deploymentsFile = z
  .record(nameSchema, deploymentFile)
  .describe(
    'Deployments by name: a new version gets the traffic step by step, each held to the gate of a suite, and is rolled back when it fails.',
  );

export type DeploymentFile = z.output<typeof deploymentFile>;
export type VersionFile = z.output<typeof versionFile>;
