import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluationInput, Evaluator, EvaluatorDeps } from '../evaluator.ts';

/**
 * The evaluator that sees what the JavaScript in `spec.transform` makes of the output. Throws ConfigError
 * when scripts are not trusted.
 */
export function withTransform(
  spec: EvaluatorSpec,
  evaluate: Evaluator['evaluate'],
  { scripts }: Pick<EvaluatorDeps, 'scripts'>,
): Evaluator['evaluate'] {
  const code = spec.transform;
  if (code === undefined) return evaluate;
  if (!scripts) {
    throw new ConfigError(`"${spec.name}" has a transform, which is JavaScript and not trusted to run`, {
      where: spec.location,
      remedy: 'Read the script, then run with --trust.',
    });
  }

  return async (input, context) => {
    const { output } = input;
    const { input: given = {} } = input.case;
    const args = [
      output.json ?? output.text,
      {
        vars: isJsonObject(given) ? given : { input: given },
        // promptfoo says the prompt as a label here.
        prompt: output.raw?.prompt === undefined ? {} : { label: output.raw.prompt },
        metadata: output.metadata ?? {},
      },
    ];
    const value = await scripts.javascript.run({ kind: 'script', code, args }, context);

    return evaluate({ ...input, output: replaceOutput(output, value), untransformed: output }, context);
  };
}

function replaceOutput(output: EvaluationInput['output'], value: JsonValue): EvaluationInput['output'] {
  const { json: _json, ...rest } = output;
  if (typeof value === 'string') return { ...rest, text: value };
  return { ...rest, text: JSON.stringify(value), json: value };
}
