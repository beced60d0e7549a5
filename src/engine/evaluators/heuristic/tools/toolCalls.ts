import { z } from 'zod';
import { counted } from '../../../model/figures.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { argumentsOf, type MadeCall, madeCalls } from '../../output/madeCalls.ts';
import { notApplicable } from '../../score.ts';
import { matchesExactly, matchesPartially } from './argumentMatch.ts';

const call = z.strictObject({
  name: z.string().min(1).describe('Name of the tool.'),
  arguments: z.json().optional().describe('Expected arguments. Omit them to accept any.'),
});

const options = z.strictObject({
  calls: z.array(call).optional().describe('The expected calls. Default: tool_calls of the case.'),
  arguments: z
    .enum(['partial', 'exact', 'ignore'])
    .default('partial')
    .describe('How to compare arguments: partial allows additional ones. Default: partial.'),
  order: z.enum(['any', 'same']).default('any').describe('Whether the order matters. Default: any.'),
  extra: z
    .enum(['allow', 'forbid'])
    .default('allow')
    .describe('Whether additional calls are allowed. Default: allow.'),
});

type Expected = z.infer<typeof call>;
type Options = z.infer<typeof options>;

/** Score: matched calls over expected calls, or over the longer list where further calls are forbidden. */
export const toolCalls: EvaluatorDefinition<Options> = {
  type: 'tool-calls',
  stage: 'heuristic',
  summary: 'The expected tools were called with the expected arguments.',
  options,
  shorthand: 'calls',
  create: (_spec, chosen) => {
    return ({ case: golden, output }) => {
      const expected = chosen.calls ?? golden.expected_output?.tool_calls;
      if (!expected) return notApplicable('the case has no expected tool calls');

      const made = madeCalls(output);
      const fits = (call: MadeCall, wanted: Expected): boolean => isSameCall(call, wanted, chosen.arguments);
      const matched =
        chosen.order === 'same' ? matchInOrder(made, expected, fits) : matchInAnyOrder(made, expected, fits);
      const surplus = chosen.extra === 'forbid' || expected.length === 0 ? made.length - matched.length : 0;
      const missing = expected.filter((_, index) => !matched.includes(index)).map(shown);
      const whole = Math.max(expected.length + surplus, 1);
      const score = expected.length + surplus === 0 ? 1 : matched.length / whole;
      const reason = [
        `${matched.length} of ${expected.length} expected calls`,
        ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
        ...(surplus > 0 ? [counted(surplus, 'unexpected call')] : []),
        ...(missing.length > 0 ? [`made: ${made.map(shown).join(', ') || 'none'}`] : []),
      ].join('; ');

      return { status: 'scored', score, pass: missing.length === 0 && surplus === 0, reason };
    };
  },
};

function isSameCall(call: MadeCall, expected: Expected, mode: Options['arguments']): boolean {
  if (call.name !== expected.name) return false;
  if (mode === 'ignore' || expected.arguments === undefined) return true;
  const given = argumentsOf(call.arguments);
  return mode === 'exact'
    ? matchesExactly(given, expected.arguments)
    : matchesPartially(given, expected.arguments);
}

type Fits = (call: MadeCall, expected: Expected) => boolean;

/** Indexes of the expected calls that were made, each by a call of its own (augmenting paths, Kuhn 1955). */
function matchInAnyOrder(made: readonly MadeCall[], expected: readonly Expected[], fits: Fits): number[] {
  const takenBy = new Map<number, number>();
  const place = (wanted: number, tried: Set<number>): boolean => {
    const item = expected[wanted];
    for (let at = 0; item && at < made.length; at++) {
      const call = made[at];
      if (!call || tried.has(at) || !fits(call, item)) continue;
      tried.add(at);
      const holder = takenBy.get(at);
      if (holder !== undefined && !place(holder, tried)) continue;
      takenBy.set(at, wanted);
      return true;
    }

    return false;
  };

  for (let wanted = 0; wanted < expected.length; wanted++) place(wanted, new Set());
  return [...takenBy.values()];
}

/** Expected calls that were made one after the other, with others in between. */
function matchInOrder(made: readonly MadeCall[], expected: readonly Expected[], fits: Fits): number[] {
  const matched: number[] = [];
  let from = 0;
  for (const [index, wanted] of expected.entries()) {
    const at = made.findIndex((call, place) => place >= from && fits(call, wanted));
    if (at < 0) continue;
    matched.push(index);
    from = at + 1;
  }
  return matched;
}

function shown(call: { name: string; arguments?: unknown }): string {
  const given = call.arguments === undefined ? '' : JSON.stringify(call.arguments);
  return `${call.name}(${given.length > 120 ? `${given.slice(0, 120)}…` : given})`;
}
