import * as z from 'zod/mini';

/** What the editor keeps while the page is gone. */
const deploymentViewState = z.object({
  version: z.literal(1),
  deployment: z.string(),
  /** All of the journal is shown, and not its newest entries alone. */
  wholeJournal: z.boolean(),
});
export type DeploymentViewState = z.infer<typeof deploymentViewState>;

export function readDeploymentViewState(kept: unknown): DeploymentViewState {
  const parsed = deploymentViewState.safeParse(kept);
  return parsed.success ? parsed.data : { version: 1, deployment: '', wholeJournal: false };
}
