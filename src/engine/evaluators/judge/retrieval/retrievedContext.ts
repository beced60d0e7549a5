import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import type { EvaluatorSpec } from '../../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluationContext, EvaluationInput, EvaluatorDeps } from '../../evaluator.ts';
import type { Material } from '../material.ts';
import { materialOf } from '../material.ts';
import { checkTexts, fillPlaceholders, placeholderNames } from '../placeholders.ts';

/** Options that say where the context of an answer comes from. */
export const contextShape = {
  context: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(
      'The context given to the target, as a string or a list of passages; can contain variables: {{ name }}. Default: the variable context of the case.',
    ),
  contextTransform: z
    .string()
    .min(1)
    .optional()
    .describe(
      "JavaScript that finds the context in the target's reply, such as output.sources or context.metadata.passages. Needs --trust.",
    ),
};

interface ContextOptions {
  context?: string | string[] | undefined;
  contextTransform?: string | undefined;
}

/** The context as passages where it came as a list. */
export interface RetrievedContext {
  text: string;
  passages?: readonly string[];
}

export type FoundContext = RetrievedContext | { missing: string };

/** Finds the context of one output. */
type ContextReader = (
  input: EvaluationInput,
  context: Pick<EvaluationContext, 'signal'>,
) => Promise<FoundContext>;

const GIVE_CONTEXT =
  'give the case a variable "context" (a string or a list of strings), or the assertion "contextTransform"';

/**
 * How the context is found: by `contextTransform`, else from the option, else from the case's variable, as in
 * promptfoo's `resolveContext`. `otherwise` names what stands in where a case has none. Throws ConfigError when a
 * script is not trusted.
 */
export function contextReader(
  spec: EvaluatorSpec,
  { context: given, contextTransform: code }: ContextOptions,
  { scripts }: Pick<EvaluatorDeps, 'scripts'>,
  otherwise?: (input: EvaluationInput) => string | undefined,
): ContextReader {
  checkTexts(spec, ...[given].flat());
  if (code === undefined) {
    return async (input) => {
      const found = given === undefined ? variableOf(input, 'context') : filled(given, materialOf(input));
      if (isJsonObject(found) && typeof found['missing'] === 'string') return { missing: found['missing'] };
      return contextOf(found ?? otherwise?.(input), `${spec.type} has no context: ${GIVE_CONTEXT}`);
    };
  }
  if (!scripts) {
    throw new ConfigError(
      `"${spec.name}" has a contextTransform, which is JavaScript and not trusted to run`,
      {
        where: spec.location,
        remedy: 'Read the script, then run with --trust.',
      },
    );
  }

  return async (input, { signal }) => {
    const { output, context } = scopeOf(input);
    const value = await scripts.javascript.run({ kind: 'script', code, args: [output, context] }, { signal });
    return contextOf(
      value,
      `contextTransform must return a string or a list of strings, not ${kindOf(value)}`,
    );
  };
}

/** The value of a variable of the case. */
export function variableOf({ case: golden }: EvaluationInput, name: string): JsonValue | undefined {
  return isJsonObject(golden.input) ? golden.input[name] : undefined;
}

/** The output as the target gave it: before the transform of the test or of the assertion. */
function scopeOf({ case: golden, output, untransformed = output }: EvaluationInput) {
  const { input: given = {} } = golden;
  return {
    output: untransformed.raw?.output ?? untransformed.json ?? untransformed.text,
    context: {
      vars: isJsonObject(given) ? given : { input: given },
      prompt: {},
      metadata: output.metadata ?? {},
    },
  };
}

function filled(given: string | string[], material: Material): JsonValue {
  const texts = [given].flat();
  const missing = texts.flatMap(placeholderNames).find((name) => !material.has(name));
  if (missing !== undefined) {
    return { missing: `the context uses {{ ${missing} }}, which the case does not define` };
  }
  return typeof given === 'string'
    ? fillPlaceholders(given, material)
    : given.map((text) => fillPlaceholders(text, material));
}

function contextOf(value: JsonValue | undefined, problem: string): FoundContext {
  if (typeof value === 'string') return value.trim() === '' ? { missing: problem } : { text: value };
  if (!Array.isArray(value)) return { missing: problem };
  const passages = value.filter((item) => typeof item === 'string' && item !== '');
  if (passages.length < value.length) return { missing: problem };
  const texts = passages.map(String);
  const text = texts.join('\n\n');
  return text.trim() === '' ? { missing: problem } : { text, passages: texts };
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list of other things';
  return value === '' ? 'an empty text' : `a ${typeof value}`;
}
