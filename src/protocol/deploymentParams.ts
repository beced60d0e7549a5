import * as z from 'zod';
import { deploymentAction } from './deploymentEntries.ts';

const name = z.string().min(1).max(200);

/** Which version a deployment is to bring forward: a name of its `versions`, `release/NAME`, or the URL of an agent. */
export const deploymentWanted = z.object({ deployment: name, to: z.string().min(1).max(2_000) });
export type DeploymentWanted = z.output<typeof deploymentWanted>;

/** What a person confirms before anything is moved. */
export const deploymentPlan = z.object({
  deployment: z.string(),
  /** What is steered and where. */
  where: z.string(),
  /** Of the cluster; null where none is steered. */
  context: z.string().nullable(),
  /** The version that serves now; null where nothing does. */
  from: z.string().nullable(),
  to: z.string(),
  steps: z.array(z.object({ weight: z.number(), holdMs: z.number(), minSamples: z.int() })),
  /** What should be known before: no suite that holds the steps, another version that is replaced. */
  warnings: z.array(z.string()),
  /** Why it is deployed only with a reason, which stays in the journal; null where it may be as it is. */
  unapproved: z.string().nullable(),
});
export type DeploymentPlan = z.output<typeof deploymentPlan>;

export const deploymentStart = z.object({
  ...deploymentWanted.shape,
  /** `where` of the plan that was confirmed: nothing else is steered. */
  where: z.string().min(1),
  /** Why a version is deployed that nothing has approved. */
  override: z.string().min(1).max(2_000).exactOptional(),
});
export type DeploymentStart = z.output<typeof deploymentStart>;

export const deploymentAct = z.object({
  deployment: name,
  action: deploymentAction,
  /** Why; an undecided step is promoted only with one. */
  reason: z.string().min(1).max(2_000).exactOptional(),
});
export type DeploymentAct = z.output<typeof deploymentAct>;
