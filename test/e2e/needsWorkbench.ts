import { skip } from '../support/skip.ts';
import { whyNoWorkbench } from '../support/vscode/workbench.ts';

/** A `before` hook for journeys: skips them, and says why, where no workbench can be opened. */
export function needsWorkbench(this: Mocha.Context): void {
  const reason = whyNoWorkbench();
  if (reason !== undefined) skip(this, reason);
}
