import { type VariableSize, variableSizes } from '../engine/cost/variableSizes.ts';
import { UserError } from '../engine/errors.ts';
import type { LocatedCase } from '../engine/model/case.ts';
import { CallFailure } from '../protocol/callFailure.ts';
import type { OpenedPrompt } from './openedPrompt.ts';
import type { PromptModels } from './promptModels.ts';
import type { Session } from './session.ts';

/** Sizes of a prompt's variables over the datasets of its suites; the prompt's own rows stand in for them. */
export async function typicalSizes(
  session: Session,
  models: PromptModels,
  { prompt, tokenizer }: OpenedPrompt,
  signal: AbortSignal,
): Promise<{ sources: string[]; sizes: VariableSize[] }> {
  if (prompt.inputs.length === 0) return { sources: [], sizes: [] };
  const suites = await models.suitesOf(prompt.path, signal);
  const sources = new Set<string>();
  async function* cases(): AsyncIterableIterator<LocatedCase> {
    for (const suite of suites) {
      for (const { path, absolute } of suite.datasets) {
        if (sources.has(path)) continue;
        try {
          const found = suite.cases ?? (await models.firstCases.of(absolute, session.root));
          signal.throwIfAborted();
          sources.add(path);
          yield* found;
        } catch (error) {
          // A dataset with mistakes says so itself.
          if (!(error instanceof UserError || error instanceof CallFailure)) throw error;
        }
      }
    }
  }
  const sizes = await variableSizes(prompt, cases(), tokenizer);
  return { sources: sources.size === 0 && sizes.length > 0 ? [prompt.path] : [...sources], sizes };
}
