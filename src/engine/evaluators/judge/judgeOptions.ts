import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ModelClient } from '../../models/modelClient.ts';
import type { AssertionParts, EvaluatorDeps } from '../evaluator.ts';

/** The options that judges share. */
export const modelOption = z
  .string()
  .min(1)
  .optional()
  .describe('The judge, as provider/model, such as openai/gpt-5-mini. Default: the judge of the suite.');

export const thresholdOption = z.number().min(0).max(1).optional();

export const rubricPromptOption = z
  .union([
    z.string().min(1),
    z.array(z.looseObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  ])
  .optional();

export type RubricPrompt = NonNullable<z.infer<typeof rubricPromptOption>>;

/** The judging model. Throws ConfigError when there is none, or it is not configured. */
export function judgeClient(
  model: string | undefined,
  spec: EvaluatorSpec,
  deps: EvaluatorDeps,
): ModelClient {
  const reference = model === undefined ? deps.judgeModel : modelReference(model);
  if (reference !== undefined) return deps.models.client(reference);
  throw new ConfigError(`${spec.type} needs a judge model, but none is set`, {
    where: spec.location,
    remedy:
      deps.judgeHint ??
      'Set judge: provider/model in the suite, model in the options of this evaluator, or use --judge provider/model.',
  });
}

/** promptfoo's keys as options: `value` goes to the given key, and a grader's id to `model`. */
export function assertionAs(valueKey: string | undefined): (parts: AssertionParts) => JsonObject {
  return ({ value, threshold, provider, rubricPrompt }) => ({
    ...(value === undefined || valueKey === undefined ? {} : { [valueKey]: value }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(provider === undefined ? {} : { model: providerId(provider) }),
    ...(rubricPrompt === undefined ? {} : { rubricPrompt: chatOrText(rubricPrompt) }),
  });
}

/** `openai:chat:gpt-5-mini` and `openai:gpt-5-mini`, as promptfoo writes models, become `openai/gpt-5-mini`. */
export function modelReference(written: string): string {
  const match = /^([^/:]+):(?:(?:chat|completion|responses|messages|embeddings?):)?(.+)$/.exec(written);
  return match ? `${match[1]}/${match[2]}` : written;
}

function providerId(provider: JsonValue): JsonValue {
  if (isJsonObject(provider) && provider['id'] !== undefined) return provider['id'];
  return provider;
}

/** A rubric prompt may be a chat written as JSON inside of a text. */
function chatOrText(prompt: JsonValue): JsonValue {
  if (typeof prompt !== 'string' || !prompt.trimStart().startsWith('[')) return prompt;
  try {
    return JSON.parse(prompt);
  } catch {
    return prompt;
  }
}
