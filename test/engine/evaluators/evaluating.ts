import assert from 'node:assert/strict';
import { FileError } from '../../../src/engine/errors.ts';
import type { EvaluationInput, Evaluator, EvaluatorDeps } from '../../../src/engine/evaluators/evaluator.ts';
import { createPatternMatcher } from '../../../src/engine/evaluators/patterns/patternMatcher.ts';
import { createEvaluators } from '../../../src/engine/evaluators/registry.ts';
import type { ScriptRunners } from '../../../src/engine/evaluators/scripts/scriptRunner.ts';
import { parseAssertion, parseSuiteEvaluator } from '../../../src/engine/evaluators/specs/specs.ts';
import type { GoldenCase } from '../../../src/engine/model/case.ts';
import type { EvaluatorSpec, Score } from '../../../src/engine/model/evaluation.ts';
import type { JsonObject, JsonValue } from '../../../src/engine/model/json.ts';
import { emptyOutput } from '../../../src/engine/model/output.ts';
import { noSpan } from '../../../src/engine/ports.ts';

export const PLACE = { path: 'touchstone.yaml', line: 7, column: 5 };

type Scored = Extract<Score, { status: 'scored' }>;
type GivenOutput = string | Partial<EvaluationInput['output']>;

/** What evaluators are handed; no model is configured and scripts are not trusted. */
export function depsWith(
  given: Partial<EvaluatorDeps> = {},
  files: { [path: string]: string } = {},
): EvaluatorDeps {
  return {
    models: {
      client: (reference) => {
        throw new Error(`no model ${reference}`);
      },
    },
    judgeModel: undefined,
    patterns: createPatternMatcher({ timeoutMs: 500 }),
    scripts: undefined,
    random: { next: () => 0.5, hex: (bytes) => '00'.repeat(bytes) },
    readFile(reference) {
      const text = files[reference];
      if (text === undefined) throw new FileError(`${reference} does not exist`);
      return text;
    },
    ...given,
  };
}

/** Runners of which only the given ones may be asked. */
export function scriptsWith(given: Partial<ScriptRunners>): ScriptRunners {
  const none = { run: () => assert.fail('another language'), close: async () => {} };
  return { javascript: none, modules: none, python: none, ...given };
}

export function inputWith(output: GivenOutput, golden: Partial<GoldenCase> = {}): EvaluationInput {
  const parts = typeof output === 'string' ? { text: output } : output;
  return { case: { id: 'case', ...golden }, output: { ...emptyOutput(), status: 'complete', ...parts } };
}

/** An evaluator from a suite's short form, or from a promptfoo assertion where it has a `type`. */
export function evaluatorOf(entry: JsonValue, deps = depsWith()): Evaluator {
  const [evaluator] = createEvaluators([parseSuiteEvaluator(entry, PLACE)], deps);
  assert.ok(evaluator);
  return evaluator;
}

/** The score of one synchronous evaluator. */
export function scoreOf(
  entry: JsonValue,
  output: GivenOutput,
  golden: Partial<GoldenCase> = {},
  deps = depsWith(),
): Score {
  const score = evaluatorOf(entry, deps).evaluate(inputWith(output, golden), {
    signal: new AbortController().signal,
    span: noSpan,
  });
  assert.ok(!(score instanceof Promise), 'the evaluator must be synchronous');
  return score;
}

/** The score, which must be a measurement. */
export function scoredOf(entry: JsonValue, output: GivenOutput, golden: Partial<GoldenCase> = {}): Scored {
  const score = scoreOf(entry, output, golden);
  assert.ok(score.status === 'scored', `${score.status}: ${score.reason}`);
  return score;
}

export function passes(entry: JsonValue, output: GivenOutput, golden: Partial<GoldenCase> = {}): boolean {
  return scoredOf(entry, output, golden).pass;
}

export function specOf(assertion: JsonObject): EvaluatorSpec {
  return parseAssertion(assertion, PLACE);
}

export function assertClose(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

/** The measurement of an evaluator that takes its time. */
export async function laterScoreOf(entry: JsonValue, output: GivenOutput): Promise<Scored> {
  const context = { signal: new AbortController().signal, span: noSpan };
  const score = await evaluatorOf(entry).evaluate(inputWith(output), context);
  assert.ok(score.status === 'scored', `${score.status}: ${score.reason}`);
  return score;
}
