import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { scriptScope } from '../scripts/scriptScope.ts';
import { clamped, scriptScore } from '../scripts/scriptScore.ts';

const FUNCTION = 'get_assert';

const options = z.strictObject({
  code: z
    .string()
    .min(1)
    .describe(
      'An expression, or a function body with return; output and context are in scope. Or a module that defines get_assert(output, context). Use file:// to read it from a file.',
    ),
  function: z.string().optional().describe('Name of the function in the module. Default: get_assert.'),
  folder: z
    .string()
    .optional()
    .describe(
      'Folder from which modules can be imported, relative to the workspace. Default: the workspace.',
    ),
  threshold: z.number().optional().describe('Minimum number for a pass. Default: anything above 0.'),
  clamp: z
    .boolean()
    .optional()
    .describe(
      'true: a number below 0 counts as 0, and one above 1 as 1. Default: such a number is an error.',
    ),
  config: z.record(z.string(), z.unknown()).optional().describe('Passed to the code as context["config"].'),
});

/**
 * Runs outside this process, under a time limit, and only when scripts are trusted. The result is True or False, a
 * number 0–1, or a map or dataclass with `pass` (or `pass_`), `score` and `reason`, as in promptfoo.
 */
export const python: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'python',
  stage: 'heuristic',
  summary: 'Custom Python decides.',
  options,
  shorthand: 'code',
  fromAssertion: ({ value, threshold, config }) => ({
    ...(isJsonObject(value) ? value : value === undefined ? {} : { code: value }),
    ...defined({ threshold, config }),
    clamp: true,
  }),
  create(spec, { code, threshold, folder, config, clamp = false, ...own }, { scripts }) {
    if (!scripts) {
      throw new ConfigError(`the evaluator "${spec.name}" is Python, which is not trusted to run`, {
        where: spec.location,
        remedy: 'Read the code, then run with --trust.',
      });
    }

    const module = asModule(code, own.function);
    return async (input, { signal }) => {
      const { output, context } = scriptScope(input);
      const args = [output, config === undefined ? context : { ...context, config: config as JsonObject }];
      const call = { kind: 'script', code: module, args, ...defined({ folder }) } as const;
      const result = await scripts.python.run(call, { signal });
      const score = verdict(result, threshold);
      return clamp ? clamped(score) : score;
    };
  },
};

/** The code as a module that defines `__assertion__`: its own function, or one around an expression or a body. */
function asModule(code: string, name: string | undefined): string {
  const defines = new RegExp(`^(?:async\\s+)?def\\s+${FUNCTION}\\b`, 'm').test(code);
  if (name !== undefined || defines) return `${code}\n\n__assertion__ = ${name ?? FUNCTION}\n`;

  const head = 'import json\n__lines_before__ = 3\ndef __assertion__(output, context):\n';
  const body = code.trimEnd();
  if (!body.includes('\n')) return `${head}    return ${body}\n`;

  // Whoever indents by tabs or two blanks goes on doing so.
  const indent = /^(?!\s*$)\s+/m.exec(body)?.[0] ?? '    ';
  return `${head}${body
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('')}`;
}

/** As promptfoo reads it: texts may stand for what they say, and a map is held to the threshold as well. */
function verdict(result: JsonValue, threshold: number | undefined) {
  const value = typeof result === 'string' ? fromText(result) : result;
  if (!isJsonObject(value)) return scriptScore(value, threshold);
  const { pass_: pass = value['pass'], ...rest } = value;
  const score = scriptScore({ ...rest, ...defined({ pass }) }, undefined);
  if (score.status !== 'scored' || threshold === undefined || score.score >= threshold) return score;
  return { ...score, pass: false, reason: `the score ${score.score} is below ${threshold}: ${score.reason}` };
}

/** Wholly a number: “0.8oops” is none, though promptfoo reads 0.8 out of it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function fromText(text: string): JsonValue {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (NUMBER.test(text.trim())) return Number(text);
  try {
    return text.startsWith('{') ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
