import { CaseIds } from '../../datasets/import/caseIds.ts';
import { fillTexts } from '../../datasets/import/records/fillText.ts';
import { UserError } from '../../errors.ts';
import { readText } from '../../files/readText.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Prompt } from '../../model/prompt.ts';
import type { Environment } from '../../ports.ts';
import { detectFormat, nameFromPath } from '../../prompts/detectFormat.ts';
import { parsePrompt } from '../../prompts/parsePrompt.ts';
import { DEFAULT_CASCADE } from '../config/cascadeConfig.ts';
import type { FileReference } from '../config/fileReference.ts';
import { SUITE_DEFAULTS, type SuiteConfig } from '../config/suiteConfig.ts';
import { defaultEvaluators } from '../evaluators/defaultEvaluators.ts';
import { uniqueTargetNames } from '../targets/targetNames.ts';

/** What of GitHub Models' evaluators runs here: a model that chooses an answer. Checks of texts become assertions. */
const JUDGE = 'choice-judge';

interface PromptFileOptions {
  root: string;
  environment: Environment;
  /** Instead of the model that the file names. */
  model?: string;
}

/**
 * The suite that a `.prompt.yml` is by itself: its `testData` are the cases, its `evaluators` what is checked.
 * Undefined for any other prompt, one without test data, and one that cannot be read (which `validate` reports).
 */
export function promptFileSuite(
  file: FileReference,
  options: PromptFileOptions,
): { suite: SuiteConfig; warnings: Problem[] } | undefined {
  const prompt = readPrompt(file, options);
  if (!prompt || prompt.testData.length === 0) return undefined;

  const judges = prompt.evaluators.filter(({ type }) => type === JUDGE);
  const checks = prompt.evaluators.filter(({ options: { value } }) => typeof value === 'string');
  const unknown = prompt.evaluators.filter((spec) => !judges.includes(spec) && !checks.includes(spec));
  const location = { path: file.path, line: 1, column: 1 };
  const target = {
    kind: 'prompt' as const,
    name: '',
    location,
    prompt: file,
    ...defined({ model: options.model }),
    parameters: {},
  };
  const suite: SuiteConfig = {
    name: nameFromPath(file.path),
    ...defined({ description: prompt.description }),
    location,
    datasets: [file],
    cases: casesOf(prompt, checks),
    targets: uniqueTargetNames([target]),
    evaluators: judges.length > 0 ? judges : defaultEvaluators(),
    defaultEvaluators: judges.length === 0,
    cascade: DEFAULT_CASCADE,
    ...SUITE_DEFAULTS,
    filter: { names: [], tags: [] },
  };

  return { suite, warnings: unknown.map(notRun) };
}

function readPrompt(file: FileReference, { root, environment }: PromptFileOptions): Prompt | undefined {
  if (detectFormat(file.path) !== 'github-prompt') return undefined;
  try {
    const source = { path: file.path, text: readText(file.absolute, file.path) };
    return parsePrompt(source, { root, environment });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A row's `expected` is the reference answer, and a variable only where the prompt asks for it. */
function casesOf(prompt: Prompt, checks: readonly EvaluatorSpec[]): LocatedCase[] {
  const ids = new CaseIds();
  const takesExpected = prompt.inputs.some(({ name }) => name === 'expected');
  return prompt.testData.map(({ values, location }, index) => {
    const { expected, ...rest } = values;
    const input = takesExpected ? values : rest;
    const assert = checks.map((spec) => assertion(spec, values));
    const entry: GoldenCase = {
      id: ids.next({ input }).id,
      input,
      ...(expected === undefined || expected === null
        ? {}
        : { expected_output: { answer: answerText(expected) } }),
      ...(assert.length > 0 ? { assert } : {}),
    };

    return { case: entry, index, location };
  });
}

function answerText(expected: NonNullable<JsonObject[string]>): string {
  return typeof expected === 'object' ? JSON.stringify(expected) : String(expected);
}

/** Texts of a check may hold variables of the row. */
function assertion({ type, name, options }: EvaluatorSpec, row: JsonObject): JsonObject {
  const { value } = fillTexts(options['value'] ?? '', row);
  return { type, value, metric: name };
}

function notRun({ name, type, location }: EvaluatorSpec): Problem {
  return {
    severity: 'warning',
    code: 'unknown-evaluator',
    message: `the evaluator ${name} uses ${type}, which lived on GitHub: it is not run`,
    location: location ?? { path: '', line: 1, column: 1 },
    remedy: 'Write what it checks as string: or llm: in its place.',
  };
}
