import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import type { EvaluatorSpec } from '../../../model/evaluation.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluationInput, EvaluatorDefinition } from '../../evaluator.ts';
import { matchesGlob } from '../../patterns/glob.ts';
import { binary, unmeasured } from '../../score.ts';

const text = z.string().trim().min(1);
const count = z.number().int().min(0).optional();

const options = z.strictObject({
  skills: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe('The skill, or a list of skills that must all be used.'),
  name: text.optional().describe('Instead of skills: the skill to count.'),
  pattern: text
    .optional()
    .describe('Instead of skills, or together with name: a pattern with the wildcards * and ?.'),
  min: count.describe('With name or pattern: minimum number of uses. Default: 1, or 0 if max is set.'),
  max: count.describe('With name or pattern: maximum number of uses.'),
});

type Options = z.infer<typeof options>;

/**
 * Reads `metadata.skillCalls` of an output, a list of `{ name, is_error? }`, as promptfoo's agents report it; uses that
 * failed do not count. Turned round, a list of skills is one of forbidden skills: none of them may be used.
 */
export const skillUsed: EvaluatorDefinition<Options> = {
  type: 'skill-used',
  stage: 'heuristic',
  summary: 'The agent used the given skills, as reported in metadata.skillCalls.',
  options,
  shorthand: 'skills',
  negates: true,
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : value === undefined ? {} : { skills: value }),
  create(spec, given) {
    check(spec, given);
    const { skills, name, pattern } = given;
    const listed = typeof skills === 'string' ? [skills] : skills;

    const min = given.min ?? (given.max === undefined ? 1 : 0);
    const max = given.max ?? Infinity;
    const judgeCount = (used: readonly string[]): Judgement => {
      const uses = used.filter(
        (skill) =>
          (name === undefined || skill === name) && (pattern === undefined || matchesGlob(skill, pattern)),
      ).length;
      const wanted = spec.negated ? 'none' : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
      const pass = spec.negated ? uses === 0 : uses >= min && uses <= max;
      return { pass, reason: `${pattern ?? name} was used ${counted(uses, 'time')}, ${wanted} expected` };
    };

    return ({ output }) => {
      const reported = skillsOf(output);
      const used = reported ?? [];
      const { pass, reason } = listed ? judgeList(listed, used, spec.negated) : judgeCount(used);
      const unknown = reported === undefined && pass;
      return unknown
        ? unmeasured('the target reported no skills in metadata.skillCalls')
        : binary(pass, reason);
    };
  },
};

interface Judgement {
  pass: boolean;
  reason: string;
}

function judgeList(listed: readonly string[], used: readonly string[], negated: boolean): Judgement {
  const all = used.join(', ') || 'none';
  const wrong = listed.filter((skill) => used.includes(skill) === negated);
  if (wrong.length === 0) return { pass: true, reason: `used: ${all}` };
  const words = negated ? 'forbidden and used' : 'not used';
  return { pass: false, reason: `${words}: ${wrong.join(', ')}; used: ${all}` };
}

/** Names of the skills that were used without error; undefined where nothing is reported. */
function skillsOf(output: EvaluationInput['output']): string[] | undefined {
  const calls = output.metadata?.['skillCalls'];
  return Array.isArray(calls) ? calls.flatMap(nameOf) : undefined;
}

function nameOf(call: JsonValue): string[] {
  if (!isJsonObject(call) || call['is_error'] === true) return [];
  return typeof call['name'] === 'string' ? [call['name']] : [];
}

function check(spec: EvaluatorSpec, { skills, name, pattern, min, max }: Options): void {
  const wrong = (message: string, remedy: string): ConfigError =>
    new ConfigError(message, { where: spec.location, remedy });
  if ((skills === undefined) === (name === undefined && pattern === undefined))
    throw wrong(
      'skill-used needs either skills, or a name or pattern',
      'For example: skill-used: review-pdf',
    );
  if (skills !== undefined && (min !== undefined || max !== undefined))
    throw wrong(
      'skill-used can only count the uses of one skill',
      'Name it with name or pattern, beside min and max.',
    );
  if (min !== undefined && max !== undefined && max < min)
    throw wrong(`skill-used: max ${max} is below min ${min}`, 'Swap them.');
  if (spec.negated && (min !== undefined || (max !== undefined && max !== 0)))
    throw wrong(
      'not-skill-used takes neither min nor max',
      'Remove min and max, or use skill-used with a max.',
    );
}
