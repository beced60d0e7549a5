import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { argumentsOf, trajectoryCalls } from '../../output/madeCalls.ts';
import { matchesGlob } from '../../patterns/glob.ts';
import { binary, unmeasured } from '../../score.ts';
import { matchesExactly, matchesPartially } from './argumentMatch.ts';
import { hasSteps, isMatch, listCalls, matcherShape, NO_STEPS, patternOf } from './trajectory.ts';

const options = z.strictObject({
  ...matcherShape,
  args: z.json().optional().describe('The expected arguments.'),
  arguments: z.json().optional().describe('The same as args.'),
  mode: z
    .enum(['partial', 'exact'])
    .default('partial')
    .describe('partial allows additional arguments; exact allows none. Default: partial.'),
  defaults: z
    .record(z.string(), z.json())
    .optional()
    .describe('Arguments with exactly these values count as absent.'),
  ignore: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .describe('Names of arguments to ignore; * and ? are wildcards.'),
});

export const toolArgsMatch: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'trajectory:tool-args-match',
  stage: 'heuristic',
  summary: 'A tool was called with the given arguments.',
  options,
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : {}),
  create(spec, { args, arguments: long, mode, defaults = {}, ignore = [], ...matcher }) {
    const wanted = args ?? long;
    const pattern = patternOf(matcher);
    if (wanted === undefined || pattern === undefined) {
      throw new ConfigError('trajectory:tool-args-match needs a name and args', {
        where: spec.location,
        remedy: 'For example: { name: search_orders, args: { customer: 42 } }',
      });
    }

    const ignored = typeof ignore === 'string' ? [ignore] : ignore;
    const expected = dropIgnored(wanted, ignored);
    const compare = mode === 'exact' ? matchesExactly : matchesPartially;

    return ({ output }) => {
      if (spec.negated && !hasSteps(output)) return unmeasured(NO_STEPS);

      const calls = trajectoryCalls(output).filter((call) => isMatch(call, pattern));
      if (calls.length === 0)
        return binary(false, `${pattern} was not used; used: ${listCalls(trajectoryCalls(output))}`);

      const given = calls.map((call) => argumentsOf(call.arguments)).filter((value) => value !== undefined);
      const found = given.some((value) =>
        compare(dropDefaults(dropIgnored(value, ignored), defaults), expected),
      );
      if (found) return binary(true, `${pattern} was called with these arguments`);

      const shown = given.map((value) => JSON.stringify(value)).join(', ');
      return binary(
        false,
        `${pattern} was called with ${shown || 'unknown arguments'}, not ${JSON.stringify(wanted)}`,
      );
    };
  },
};

function dropIgnored(value: JsonValue, ignored: readonly string[]): JsonValue {
  if (ignored.length === 0 || !isJsonObject(value)) return value;
  return keep(value, (key) => !ignored.some((pattern) => matchesGlob(key, pattern)));
}

function dropDefaults(value: JsonValue, defaults: JsonObject): JsonValue {
  if (!isJsonObject(value)) return value;
  return keep(value, (key, item) => {
    const usual = defaults[key];
    return !Object.hasOwn(defaults, key) || usual === undefined || !matchesExactly(item, usual);
  });
}

function keep(value: JsonObject, wanted: (key: string, item: JsonValue) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => wanted(key, item)));
}
