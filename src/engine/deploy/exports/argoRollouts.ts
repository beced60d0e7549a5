import { stringify } from 'yaml';
import type { PrometheusQuery } from '../../suites/deploying/deploymentConfig.ts';
import {
  commented,
  duration,
  type ExportedNames,
  exportedNames,
  figureNames,
  neverSaid,
} from './exportedNames.ts';
import type { Exported, ExportOptions } from './exportOptions.ts';

/** How often the gate is asked whether it fails, in milliseconds. */
const INTERVAL_MS = 30_000;
/** A gate that cannot be asked so often in a row ends the analysis. */
const MOST_ERRORS = 4;

/**
 * The deployment as an Argo Rollout with AnalysisTemplates: a step sets its weight, waits for its hold, and goes on where the gate
 * passes once; beside all steps, the gate is asked whether it fails. What the gate cannot decide is inconclusive, which pauses.
 */
export function argoRollouts(options: ExportOptions): Exported {
  const { config } = options;
  const names = exportedNames(config);
  const notSaid = [...neverSaid(config), ...argoNotSaid(options)];
  const documents = [stepTemplate(options, names), failTemplate(options, names), rollout(options, names)];
  return {
    yaml: commented(notSaid) + documents.map((one) => `---\n${stringify(one, { lineWidth: 0 })}`).join(''),
    notSaid,
  };
}

function argoNotSaid({ config: { policy, versions } }: ExportOptions): string[] {
  return [
    ...(policy.undecided === 'pause'
      ? []
      : [`undecided: ${policy.undecided}: Argo Rollouts always pauses where an analysis is inconclusive.`]),
    ...(versions.length === 0
      ? []
      : ['versions: Argo Rollouts brings forward what the pod template of the workload says.']),
    'drain: connections end as the grace period of the pods says.',
    `A gate that cannot be asked ${MOST_ERRORS + 1} times in a row is an error, which aborts; Touchstone pauses.`,
    'The smoke test before the first step.',
    'Sample ratio: the gate compares the traffic with the weight of the step, not with what the mesh has set.',
  ];
}

function metadata(name: string, namespace: string | undefined) {
  return namespace === undefined ? { name } : { name, namespace };
}

const ARGS = [{ name: 'stable' }, { name: 'canary' }, { name: 'step', value: '0' }];

/** Asked once when the hold of a step is over. */
function stepTemplate({ config, gateUrl, secret }: ExportOptions, { name, namespace }: ExportedNames) {
  const figures = figureNames(config.evidence.prometheus);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: metadata(`${name}-step`, namespace),
    spec: {
      args: [...ARGS, token(secret)],
      metrics: [
        {
          name: 'gate',
          count: 1,
          ...{ failureLimit: 0, inconclusiveLimit: 0, consecutiveErrorLimit: MOST_ERRORS },
          successCondition: 'result == 1',
          failureCondition: 'result == -1',
          provider: web(gateUrl, config.name, 'over=true'),
        },
        ...config.evidence.prometheus.map((query, at) =>
          prometheus(`prometheus-${figures[at]}`, query, longestHold(config)),
        ),
      ],
    },
  };
}

/** Asked all the time: only what is shown to be bad fails. */
function failTemplate({ config, gateUrl, secret }: ExportOptions, { name, namespace }: ExportedNames) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: metadata(`${name}-fails`, namespace),
    spec: {
      args: [...ARGS, token(secret)],
      metrics: [
        {
          name: 'gate-fails',
          interval: duration(INTERVAL_MS),
          ...{ failureLimit: 0, consecutiveErrorLimit: MOST_ERRORS },
          successCondition: 'result >= 0',
          failureCondition: 'result == -1',
          provider: web(gateUrl, config.name, 'over=false'),
        },
      ],
    },
  };
}

function token(secret: string) {
  return { name: 'token', valueFrom: { secretKeyRef: { name: secret, key: 'token' } } };
}

function web(gateUrl: string, deployment: string, query: string) {
  const path = `deployments/${encodeURIComponent(deployment)}`;
  return {
    web: {
      url: `${gateUrl.replace(/\/+$/, '')}/${path}?step={{args.step}}&blue={{args.stable}}&green={{args.canary}}&${query}`,
      headers: [{ key: 'Authorization', value: 'Bearer {{args.token}}' }],
      timeoutSeconds: 10,
      jsonPath: '{$.value}',
    },
  };
}

/** One series that is a number within its limits; none, several and NaN are inconclusive. */
function prometheus(name: string, { url, query, min, max }: PrometheusQuery, holdMs: number) {
  const limits = [
    ...(max === undefined ? [] : [`result[0] <= ${max}`]),
    ...(min === undefined ? [] : [`result[0] >= ${min}`]),
  ];
  const one = 'len(result) == 1 && !isNaN(result[0])';
  return {
    name,
    count: 1,
    ...{ failureLimit: 0, inconclusiveLimit: 0, consecutiveErrorLimit: MOST_ERRORS },
    successCondition: [one, ...limits].join(' && '),
    failureCondition: `${one} && !(${limits.length === 0 ? 'true' : limits.join(' && ')})`,
    provider: { prometheus: { address: url, query: filled(query, holdMs) } },
  };
}

function filled(query: string, holdMs: number): string {
  return query
    .replace(/\{\{\s*green\s*\}\}/g, '{{args.canary}}')
    .replace(/\{\{\s*blue\s*\}\}/g, '{{args.stable}}')
    .replace(/\{\{\s*window\s*\}\}/g, duration(holdMs));
}

function longestHold({ policy }: ExportOptions['config']): number {
  return Math.max(...policy.steps.map(({ holdMs }) => holdMs));
}

function rollout(
  { config }: ExportOptions,
  { name, namespace, deployment, service, httpRoute }: ExportedNames,
) {
  const { policy } = config;
  const args = (step: number) => [
    { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
    { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' } },
    { name: 'step', value: String(step) },
  ];
  const steps = policy.steps.flatMap(({ weight, holdMs }, step) => [
    { setWeight: weight },
    { pause: { duration: duration(holdMs) } },
    { analysis: { templates: [{ templateName: `${name}-step` }], args: args(step) } },
    ...(policy.confirm && weight < 100 ? [{ pause: {} }] : []),
  ]);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(name, namespace),
    spec: {
      workloadRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: deployment,
        scaleDown: 'progressively',
      },
      progressDeadlineSeconds: Math.max(1, Math.ceil(policy.readyMs / 1000)),
      progressDeadlineAbort: true,
      strategy: {
        canary: {
          ...{ stableService: service, canaryService: `${service}-canary` },
          scaleDownDelaySeconds: Math.ceil(policy.keepMs / 1000),
          abortScaleDownDelaySeconds: Math.max(1, Math.ceil(policy.drainMs / 1000)),
          trafficRouting: {
            plugins: {
              'argoproj-labs/gatewayAPI': namespace === undefined ? { httpRoute } : { httpRoute, namespace },
            },
          },
          analysis: { templates: [{ templateName: `${name}-fails` }], startingStep: 1, args: args(0) },
          steps,
        },
      },
    },
  };
}
