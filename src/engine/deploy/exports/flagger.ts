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

/** Failed checks until Flagger rolls back. */
const THRESHOLD = 1;
const PORT = 80;

/**
 * The deployment as a Flagger Canary: weights are raised, and the version promoted, only where the gate passes; where it fails, the
 * rollback hook says so. What the gate cannot decide holds the weight where it is, and is not counted.
 */
export function flagger(options: ExportOptions): Exported {
  const { config } = options;
  const names = exportedNames(config);
  const notSaid = [...neverSaid(config), ...flaggerNotSaid(options)];
  const figures = figureNames(config.evidence.prometheus);
  const documents = [
    ...config.evidence.prometheus.map((query, at) => metricTemplate(`${figures[at]}`, query, names)),
    canary(options, names),
  ];
  return {
    yaml: commented(notSaid) + documents.map((one) => `---\n${stringify(one, { lineWidth: 0 })}`).join(''),
    notSaid,
  };
}

function flaggerNotSaid({ config: { policy, versions, evidence } }: ExportOptions): string[] {
  const holds = new Set(policy.steps.map(({ holdMs }) => holdMs));
  return [
    ...(holds.size > 1
      ? ['A hold for each step: Flagger has one interval, and the longest hold is taken.']
      : []),
    ...(policy.undecided === 'pause'
      ? []
      : [`undecided: ${policy.undecided}: Flagger waits until the gate says pass or fail.`]),
    ...(versions.length === 0
      ? []
      : ['versions: Flagger brings forward what the pod template of the Deployment says.']),
    ...(policy.keepMs > 0
      ? ['keep: the previous version is replaced at promotion; there is no way back but a new rollout.']
      : []),
    ...(evidence.prometheus.length > 0
      ? [
          'Prometheus without a value: Flagger takes it for a failed check, and rolls back; Touchstone is undecided.',
        ]
      : []),
    ...(policy.confirm
      ? ['confirm: no person is waited for; add a gate of your own as confirm-traffic-increase.']
      : []),
    'drain: connections end as the grace period of the pods says.',
    'The step: its webhooks do not say the weight, so that the gate cannot compare the traffic with it.',
    `The port of the Service: ${PORT} is taken.`,
    'The gateway of the HTTPRoute: add gatewayRefs.',
    'A token as a Secret: webhooks of Flagger send no header but hold the token in their address; keep the Canary private.',
    'The smoke test before the first step.',
  ];
}

function metadata(name: string, namespace: string | undefined) {
  return namespace === undefined ? { name } : { name, namespace };
}

function metricTemplate(figure: string, query: PrometheusQuery, { name, namespace }: ExportedNames) {
  return {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'MetricTemplate',
    metadata: metadata(`${name}-${figure}`, namespace),
    spec: {
      provider: { type: 'prometheus', address: query.url },
      query: query.query
        .replace(/\{\{\s*green\s*\}\}/g, '{{ target }}')
        .replace(/\{\{\s*blue\s*\}\}/g, '{{ target }}-primary')
        .replace(/\{\{\s*window\s*\}\}/g, '{{ interval }}'),
    },
  };
}

function canary({ config, gateUrl }: ExportOptions, { name, namespace, deployment, service }: ExportedNames) {
  const { policy, evidence } = config;
  const figures = figureNames(evidence.prometheus);
  const interval = duration(Math.max(...policy.steps.map(({ holdMs }) => holdMs)));
  const hook = (type: string, path: string) => ({
    name: `touchstone-${type}`,
    type,
    url: `${gateUrl.replace(/\/+$/, '')}/flagger/${encodeURIComponent(config.name)}/${path}`,
    timeout: '10s',
    metadata: { blue: `${deployment}-primary`, green: deployment, token: '${TOUCHSTONE_GATE_TOKEN}' },
  });

  return {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: metadata(name, namespace),
    spec: {
      provider: 'gatewayapi:v1',
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
      progressDeadlineSeconds: Math.max(1, Math.ceil(policy.readyMs / 1000)),
      service: { name: service, port: PORT },
      analysis: {
        interval,
        threshold: THRESHOLD,
        stepWeights: policy.steps.map(({ weight }) => weight),
        metrics: evidence.prometheus.map((query, at) => ({
          name: figures[at],
          interval,
          templateRef: metadata(`${name}-${figures[at]}`, namespace),
          thresholdRange: {
            ...(query.min === undefined ? {} : { min: query.min }),
            ...(query.max === undefined ? {} : { max: query.max }),
          },
        })),
        webhooks: [
          hook('confirm-traffic-increase', 'increase'),
          hook('confirm-promotion', 'promotion'),
          hook('rollback', 'rollback'),
        ],
      },
    },
  };
}
