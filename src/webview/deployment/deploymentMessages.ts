import * as z from 'zod/mini';
import { deploymentAction, deploymentEntry } from '../../protocol/deploymentEntries.ts';

/** The contract between the deployment page and the panel that holds it; plain data in both directions, checked on arrival. */

/** From the host to the page, whenever something has changed. */
export const toDeploymentPage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('deployment'), entry: deploymentEntry }),
  /** Nothing is known of it: it never began, or the process that drives it is not running. */
  z.object({ type: z.literal('absent'), deployment: z.string() }),
]);
export type ToDeploymentPage = z.infer<typeof toDeploymentPage>;

/** From the page to the host. */
export const fromDeploymentPage = z.discriminatedUnion('type', [
  /** The page listens; nothing that was sent before has arrived. */
  z.object({ type: z.literal('ready') }),
  /** `start` brings another version forward. */
  z.object({ type: z.literal('act'), action: z.union([deploymentAction, z.literal('start')]) }),
  z.object({ type: z.literal('open-trace'), traceId: z.string() }),
]);
export type FromDeploymentPage = z.infer<typeof fromDeploymentPage>;
