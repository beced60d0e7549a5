import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { PromptfooCaseOptions } from './plan.ts';

/** Types that fall back on the prompt, as in promptfoo. */
const READ_PROMPT = /^(?:not-)?(?:answer-relevance|context-recall|conversation-relevance|moderation)$/;

/** What the assertions of a case read beside its output, those of sets too. */
export function keptFor(assertions: readonly JsonObject[]): NonNullable<PromptfooCaseOptions['keep']> {
  const all = assertions.flatMap((assertion) =>
    Array.isArray(assertion['assert']) ? assertion['assert'].filter(isJsonObject) : [assertion],
  );
  const prompt = all.some(({ type }) => READ_PROMPT.test(String(type)));
  const output = all.some(({ contextTransform }) => contextTransform !== undefined);
  return [...(prompt ? (['prompt'] as const) : []), ...(output ? (['output'] as const) : [])];
}
