import * as z from 'zod';
import { deploymentAct, deploymentPlan, deploymentStart, deploymentWanted } from './deploymentParams.ts';
import { servicesState } from './receiverCalls.ts';

const deploymentChoices = z.object({
  deployments: z.array(
    z.object({
      deployment: z.string(),
      /** What is steered, as it is configured. */
      where: z.string(),
      /** What can be brought forward, as `to` is written. */
      versions: z.array(
        z.object({
          to: z.string(),
          kind: z.enum(['release', 'program', 'url', 'image', 'model']),
          /** Why it is deployed only with a reason; null where none is needed. */
          unapproved: z.string().nullable(),
        }),
      ),
      /** Where it stands in touchstone.yaml. */
      location: z.object({ path: z.string(), line: z.int(), column: z.int() }).nullable(),
    }),
  ),
});
export type DeploymentChoices = z.output<typeof deploymentChoices>;

/** Deployments are driven by the services process, to which the engine keeps the window attached. Only where the workspace is trusted. */
export const deploymentCalls = {
  /** Attaches the window where the process runs already, and starts it where a deployment has not ended. */
  'deployment/look': { params: z.strictObject({}), result: servicesState },
  'deployment/choices': { params: z.strictObject({}), result: deploymentChoices },
  /** Moves nothing. */
  'deployment/plan': { params: z.strictObject(deploymentWanted.shape), result: deploymentPlan },
  'deployment/start': { params: z.strictObject(deploymentStart.shape), result: servicesState },
  'deployment/act': { params: z.strictObject(deploymentAct.shape), result: servicesState },
};
