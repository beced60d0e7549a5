import path from 'node:path';
import { FileError, UserError } from '../../errors.ts';
import { dryCheck } from '../../evaluators/dryCheck.ts';
import { parseAssertion } from '../../evaluators/specs/specs.ts';
import { UnsupportedEvaluatorError } from '../../evaluators/specs/unsupported.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { Problem } from '../../model/problem.ts';
import type { Environment } from '../../ports.ts';
import { attempt, placeOf } from '../../suites/config/configReader.ts';
import { workspacePath } from '../../suites/config/fileReference.ts';
import { SUITE_DEFAULTS, type SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { WorkspaceConfig } from '../../suites/config/workspaceConfig.ts';
import type { ForeignSource } from '../../suites/foreignFormat.ts';
import { graderOf } from '../assertions/graders.ts';
import { missingVariable } from '../assertions/missingVariable.ts';
import type { PromptfooPrompt } from '../prompts/promptfooPrompt.ts';
import { readPrompts } from '../prompts/readPrompts.ts';
import { ModelProviders } from '../providers/modelProviders.ts';
import type { PromptfooProvider } from '../providers/promptfooProvider.ts';
import { entriesOf, readProvider, readProviders } from '../providers/readProviders.ts';
import { planTargets } from '../targets/planTargets.ts';
import { type CaseGroup, expandTests } from '../tests/expandTests.ts';
import { type RawTest, readTests, withVariables } from '../tests/readTests.ts';
import { scenarioTests } from '../tests/scenarios.ts';
import { refuseUnknownNames, warnOfUnreadConversation } from '../tests/testReferences.ts';
import { checkFile, checkTest } from './checkShape.ts';
import { ownEnvironment } from './environmentTemplates.ts';
import { type PromptfooReader, parseReferenced, readReference, warn } from './promptfooReader.ts';
import { resolveRefs } from './references.ts';

/** promptfoo's own limit for a call. */
const TIMEOUT_MS = 300_000;
/** Assertions and cases beyond which further ones of the same kind are not checked one by one. */
const CHECKED_CASES = 5_000;

/**
 * A parsed promptfoo configuration as suites: one, or several where tests choose their own targets. `absolute`
 * is the file's path. What is not supported is a warning, and its cases are errors when they are run.
 * Undefined when there is an error.
 */
export function readPromptfoo(options: ForeignSource, environment: Environment): WorkspaceConfig | undefined {
  const { document, root, absolute, problems } = options;
  const base = path.dirname(absolute);
  const env = ownEnvironment(isJsonObject(document.value) ? document.value['env'] : undefined);
  const reader: PromptfooReader = { document, root, problems, base, environment, env };
  const file = attempt(reader, [], 'invalid-reference', () => resolveRefs(document));
  if (!isJsonObject(file)) return undefined;
  checkFile(reader, file);

  const models = new ModelProviders(reader);
  const prompts = readPrompts(reader, file['prompts']);
  const providersKey =
    file['providers'] === undefined && file['targets'] !== undefined ? 'targets' : 'providers';
  const providers = readProviders(reader, file[providersKey], [providersKey], models);
  const defaultTest = readDefaultTest(reader, file['defaultTest']);
  const tests = allTests(reader, file, scenarioConversations(prompts, defaultTest));
  const common: RawTest = { test: defaultTest, location: placeOf(reader, ['defaultTest']) };
  for (const test of [common, ...tests]) checkTest(reader, test);
  refuseUnknownNames(reader, [common, ...tests], prompts, providers);

  warnOfUnreadConversation(reader, [common, ...tests], prompts);
  const groups = expandTests(reader, tests, defaultTest, models, prompts);
  checkAssertions(reader, groups);

  const judge = attempt(reader, [], 'invalid-grader', () => judgeModel(reader, defaultTest, models));
  if (problems.some((problem) => problem.severity === 'error')) return undefined;

  const suite = {
    file,
    reference: { path: workspacePath(root, absolute), absolute },
    name: suiteName(absolute),
    several: groups.length > 1,
    ...defined({ judge }),
  };
  const suites = groups.flatMap((group, index) => {
    const found = makeSuite(reader, suite, group, index, prompts, providers, models);
    return found === undefined ? [] : [found];
  });

  return { providers: models.providers, suites };
}

/** A suite of its own for the tests that choose their prompts or providers, and says which. */
function choiceText({ prompts, providers, provider, repeat }: CaseGroup): string {
  const parts = [
    prompts && `prompts: ${prompts.join(', ')}`,
    providers && `providers: ${providers.join(', ')}`,
    provider !== undefined &&
      `provider: ${isJsonObject(provider) ? String(provider['id']) : String(provider)}`,
    repeat !== undefined && `repeat: ${repeat}`,
  ];
  const chosen = parts.filter((part) => typeof part === 'string');
  return chosen.length === 0
    ? 'the tests for all prompts and providers'
    : `the tests with ${chosen.join('; ')}`;
}

function descriptionOf(own: JsonValue | undefined, choice: string): { description?: string } {
  const texts = [typeof own === 'string' ? own : '', choice].filter((text) => text !== '');
  return texts.length === 0 ? {} : { description: texts.join(': ') };
}

interface SuiteParts {
  file: JsonObject;
  reference: { path: string; absolute: string };
  name: string;
  judge?: string;
  /** The tests choose different prompts, providers or repeats. */
  several: boolean;
}

function makeSuite(
  reader: PromptfooReader,
  { file, reference, name, judge, several }: SuiteParts,
  group: CaseGroup,
  index: number,
  prompts: readonly PromptfooPrompt[],
  providers: readonly PromptfooProvider[],
  models: ModelProviders,
): SuiteConfig | undefined {
  const { cases, settle, ordered, provider, repeat, ...choice } = group;
  const [first] = cases;
  const own =
    provider === undefined
      ? providers
      : [ownProvider(reader, provider, first?.location ?? placeOf(reader, []), models)];

  const evaluate = isJsonObject(file['evaluateOptions']) ? file['evaluateOptions'] : {};
  const delay = positive(evaluate['delay']) ?? 0;
  const paced = delay > 0 ? own.map((one) => ({ ...one, delayMs: delay })) : own;
  const targets = planTargets(prompts, paced, choice);
  if (targets.length === 0) {
    if (first) warnOfNoTarget(reader, first.location);
    return undefined;
  }

  const { description } = file;
  return {
    name: index === 0 ? name : `${name}-${index + 1}`,
    ...descriptionOf(description, several ? choiceText(group) : ''),
    location: { path: reference.path, line: 1, column: 1 },
    datasets: [reference],
    cases,
    ...defined({ settleCases: settle, ordered: ordered ? { env: { ...reader.env } } : undefined }),
    targets,
    evaluators: [],
    defaultEvaluators: false,
    ...defined({ judgeModel: judge }),
    ...(Object.keys(models.judges).length === 0 ? {} : { judges: models.judges }),
    cascade: { mode: 'full', thresholds: { heuristic: 0, lexical: 0 }, weights: null, audit: 0 },
    repeat: repeat ?? positive(evaluate['repeat']) ?? SUITE_DEFAULTS.repeat,
    maxConcurrency: delay > 0 ? 1 : (positive(evaluate['maxConcurrency']) ?? SUITE_DEFAULTS.maxConcurrency),
    timeoutMs: positive(evaluate['timeoutMs']) ?? TIMEOUT_MS,
    seed: SUITE_DEFAULTS.seed,
    filter: { names: [], tags: [] },
  };
}

function ownProvider(
  reader: PromptfooReader,
  value: JsonValue,
  location: SourceLocation,
  models: ModelProviders,
): PromptfooProvider {
  const [entry = { id: '' }] = entriesOf(reader, value, location);
  return readProvider(reader, entry, location, models);
}

function allTests(reader: PromptfooReader, file: JsonObject, talks: boolean): RawTest[] {
  const tests = readTests(reader, file['tests'], ['tests']);
  const scenarios = scenarioTests(reader, file['scenarios'], talks);
  if (tests.length > 0 || scenarios.length > 0) return [...tests, ...scenarios];
  // promptfoo runs every prompt once, without variables.
  return file['tests'] === undefined ? [{ test: {}, location: placeOf(reader, []) }] : [];
}

/** Whether each entry of a scenario is a conversation of its own; not where `defaultTest` names one for all. */
function scenarioConversations(prompts: readonly PromptfooPrompt[], { metadata }: JsonObject): boolean {
  const common = isJsonObject(metadata) ? metadata['conversationId'] : undefined;
  return (common ?? null) === null && prompts.some(({ conversation }) => conversation);
}

function readDefaultTest(reader: PromptfooReader, value: JsonValue | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  const location = placeOf(reader, ['defaultTest']);
  const read = attempt(reader, ['defaultTest'], 'invalid-tests', () => {
    const test =
      typeof value === 'string' ? parseReferenced(readReference(reader, value, location)).value : value;
    if (isJsonObject(test)) return withVariables(reader, test, location);
    throw new FileError('"defaultTest" must be a map', {
      where: location,
      remedy: 'For example: { assert: [ … ], options: { … } }',
    });
  });
  return read ?? {};
}

/** The model of judges that name none. Without it they are errors, since promptfoo's own default changes. */
function judgeModel(
  reader: PromptfooReader,
  defaultTest: JsonObject,
  models: ModelProviders,
): string | undefined {
  const options = isJsonObject(defaultTest['options']) ? defaultTest['options'] : {};
  const provider = options['provider'];
  const location = placeOf(reader, ['defaultTest']);
  return provider === undefined ? undefined : graderOf(provider, { reader, models, location });
}

/** Says which assertions cannot be judged, and where a case has none. */
function checkAssertions(reader: PromptfooReader, groups: readonly CaseGroup[]): void {
  const known = new Set<string>();
  const stored = new Set(groups.flatMap((group) => group.stored ?? []));
  let checked = 0;
  for (const { case: entry, location } of groups.flatMap((group) => group.cases)) {
    if (checked++ >= CHECKED_CASES) return;
    const assertions = entry.assert ?? [];
    if (assertions.length === 0 && !isUnsupported(entry)) warnOfNoAssertion(reader, location);
    for (const assertion of assertions) {
      warnOfMissing(reader, missingVariable(assertion, entry, stored), location);
      const key = JSON.stringify(assertion);
      if (known.has(key)) continue;
      known.add(key);
      checkAssertion(reader, assertion, location);
    }
  }
}

function isUnsupported({ promptfoo }: GoldenCase): boolean {
  return isJsonObject(promptfoo) && promptfoo['unsupported'] !== undefined;
}

function checkAssertion(
  reader: PromptfooReader,
  assertion: JsonObject,
  location: { path: string; line: number; column: number },
): void {
  try {
    dryCheck(parseAssertion(assertion, location));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(reader, location, {
      code: error instanceof UnsupportedEvaluatorError ? 'unsupported-assertion' : 'invalid-assertion',
      message: error.message,
      remedy: `${error.remedy ?? ''} Its cases are reported as errors, never as passed.`.trim(),
    });
  }
}

/** Once for a type and a variable, at the first test. */
function warnOfMissing(
  reader: PromptfooReader,
  missing: ReturnType<typeof missingVariable>,
  location: Problem['location'],
): void {
  if (!missing) return;
  const { type, name } = missing;
  const message = `${type} needs a variable "${name}", which a test does not have`;
  if (reader.problems.some((problem) => problem.message === message)) return;
  const other = name === 'context' ? ', or "contextTransform" to the assertion' : '';
  warn(reader, location, {
    code: 'missing-variable',
    message,
    remedy: `Add it to the "vars" of the test${other}. Its cases are reported as errors, never as passed.`,
  });
}

function warnOfNoAssertion(reader: PromptfooReader, location: Problem['location']): void {
  if (reader.problems.some((problem) => problem.code === 'no-assertion')) return;
  warn(reader, location, {
    code: 'no-assertion',
    message: 'a test has no assertion, so nothing is measured and its cases are errors',
    remedy: 'promptfoo counts such tests as passed. Add an assertion to the test or to defaultTest.',
  });
}

function warnOfNoTarget(reader: PromptfooReader, location: Problem['location']): void {
  warn(reader, location, {
    code: 'no-target',
    message: 'no prompt and provider of the file are used by this test, so it is not run',
    remedy: 'Check "prompts" and "providers" of the test.',
  });
}

/** `promptfooconfig.smoke.yaml` is called `smoke`, and `promptfooconfig.yaml` after its folder. */
function suiteName(absolute: string): string {
  const own = path
    .basename(absolute)
    .replace(/\.[^.]*$/, '')
    .replace(/^promptfooconfig[.-]?/, '');
  const name = (own === '' ? path.basename(path.dirname(absolute)) : own).replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '') || 'promptfoo';
}

function positive(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
