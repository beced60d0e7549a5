import { conformsAsRouter } from '../../../support/deploy/routerConformance.ts';
import { openKubernetesWorld } from '../../../support/kubernetes/kubernetesWorld.ts';

conformsAsRouter('Kubernetes', openKubernetesWorld);
