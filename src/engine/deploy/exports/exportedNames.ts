import type { DeploymentConfig, PrometheusQuery } from '../../suites/deploying/deploymentConfig.ts';

/** What a deployment steers, as a cluster knows it. */
export interface ExportedNames {
  /** Of the objects that are exported. */
  name: string;
  namespace: string | undefined;
  deployment: string;
  service: string;
  httpRoute: string;
}

export function exportedNames({ name, router }: DeploymentConfig): ExportedNames {
  const own = plain(name, 40) || 'deployment';
  if (router.kind === 'local')
    return { name: own, namespace: undefined, deployment: own, service: own, httpRoute: own };
  const { namespace, deployment, service, httpRoute } = router;
  return { name: own, namespace, deployment, service, httpRoute };
}

/** Of figures, each another one: of two objects of one name, the cluster would keep the last. */
export function figureNames(queries: readonly PrometheusQuery[]): string[] {
  const names: string[] = [];
  for (const { name } of queries) {
    const own = plain(name, 16) || 'figure';
    let unique = own;
    for (let next = 2; names.includes(unique); next += 1) unique = `${own}-${next}`;
    names.push(unique);
  }
  return names;
}

/** As names of objects are written; empty where nothing is left of it. */
function plain(name: string, longest: number): string {
  const ascii = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return ascii.replace(/^-/, '').slice(0, longest).replace(/-$/, '');
}

/** What neither of the controllers can say. */
export function neverSaid({ router, policy, evidence }: DeploymentConfig): string[] {
  return [
    ...(router.kind === 'local'
      ? [
          'The route of the local gateway: names of the Deployment, Service and HTTPRoute are made up from the name of the deployment.',
        ]
      : []),
    ...(policy.earlyPassMs === undefined ? [] : ['early_pass: every step takes its whole time.']),
    ...(evidence.goldenCases
      ? ['golden_cases: only traffic is judged; a step with too little of it stays undecided.']
      : []),
    ...(evidence.shadowPairs
      ? ['shadow_pairs: the shadow of a gateway route is not known in a cluster.']
      : []),
    'A change of the model that the provider serves: the evidence gathered before it is not discarded.',
    'A newer release during the analysis is noticed by the pod template alone: one that changes nothing in it goes unnoticed.',
    'Override with a reason, journal and explain: whoever promotes by hand leaves no reason.',
  ];
}

/** Kubernetes' duration. */
export function duration(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}s`;
}

export function commented(notSaid: readonly string[]): string {
  return notSaid.map((line) => `# not expressed: ${line}\n`).join('');
}
