import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { CaseOptions } from '../../targets/caseOptions.ts';

/** Types that fall back on the prompt, as in promptfoo. */
const READ_PROMPT = /^(?:not-)?(?:answer-relevance|context-recall|conversation-relevance|moderation)$/;
/** Scripts, which find the prompt and the provider in their context. */
const SCRIPT = /^(?:not-)?(?:javascript|python)$/;

/** What the assertions of a case read beside its output, those of sets too. */
export function keptFor(assertions: readonly JsonObject[]): NonNullable<CaseOptions['keep']> {
  const all = assertions.flatMap((assertion) =>
    Array.isArray(assertion['assert']) ? assertion['assert'].filter(isJsonObject) : [assertion],
  );
  const scripts = all.some(({ type }) => SCRIPT.test(String(type)));
  const prompt =
    scripts || all.some(({ type, transform }) => transform !== undefined || READ_PROMPT.test(String(type)));
  const output = all.some(({ contextTransform }) => contextTransform !== undefined);
  const keep: NonNullable<CaseOptions['keep']> = [];
  if (prompt) keep.push('prompt');
  if (output) keep.push('output');
  if (scripts) keep.push('provider');
  return keep;
}
