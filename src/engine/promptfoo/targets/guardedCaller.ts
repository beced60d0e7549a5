import { mostTokens } from '../../models/callEstimate.ts';
import { guardedOutput, statedAttempt } from '../../targets/guardedOutput.ts';
import type { TargetPorts } from '../../targets/targetPorts.ts';
import type { PromptfooCaller } from './promptfooCaller.ts';

/** A program of promptfoo's, called under a guard as every agent is. */
export function guardedCaller(
  caller: PromptfooCaller,
  { guards, clock }: Pick<TargetPorts, 'guards' | 'clock'>,
): PromptfooCaller {
  const guard = guards.of({ provider: caller.lane, origin: caller.lane, credential: [] });

  return {
    ...caller,
    call: (prompt, vars, request, context) =>
      guardedOutput({ guard, clock }, { ...context, inputTokens: () => mostTokens(prompt) }, async (signal) =>
        statedAttempt(await caller.call(prompt, vars, request, { ...context, signal })),
      ),
  };
}
