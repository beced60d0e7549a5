import type { RouterConfig } from '../engine/suites/deploying/deploymentConfig.ts';

/** What a deployment steers, as it is configured; what it comes to is told by its router. */
export function configuredWhere(router: RouterConfig): string {
  switch (router.kind) {
    case 'local':
      return `route ${router.route} of the gateway`;
    case 'kubernetes': {
      const { httpRoute, namespace, context } = router;
      return `HTTPRoute ${namespace}/${httpRoute}${context === undefined ? '' : ` in context ${context}`}`;
    }
  }
}
