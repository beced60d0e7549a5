import { nearest } from '../../evaluators/options/optionCheck.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { placeOf } from '../../suites/config/configReader.ts';
import type { RawTest } from '../tests/readTests.ts';
import { type PromptfooReader, warn } from './promptfooReader.ts';

type Kind = 'a list' | 'a map' | 'a number' | 'true or false' | 'anything';

interface Shape {
  /** As messages call it. */
  name: string;
  keys: { readonly [key: string]: Kind };
}

const TEST: Shape = {
  name: 'a test',
  keys: {
    description: 'anything',
    vars: 'a map',
    assert: 'a list',
    threshold: 'a number',
    options: 'a map',
    metadata: 'a map',
    prompts: 'a list',
    providers: 'a list',
    provider: 'anything',
    providerOutput: 'anything',
    assertScoringFunction: 'anything',
  },
};

const OPTIONS: Shape = {
  name: '"options" of a test',
  keys: {
    prefix: 'anything',
    suffix: 'anything',
    transform: 'anything',
    postprocess: 'anything',
    transformVars: 'anything',
    storeOutputAs: 'anything',
    provider: 'anything',
    rubricPrompt: 'anything',
    factuality: 'a map',
    disableVarExpansion: 'true or false',
    disableConversationVar: 'true or false',
    disableDefaultAsserts: 'true or false',
    runSerially: 'true or false',
    repeat: 'a number',
  },
};

const SCENARIO: Shape = {
  name: 'a scenario',
  keys: { description: 'anything', config: 'anything', tests: 'anything' },
};

const EVALUATE_OPTIONS: Shape = {
  name: '"evaluateOptions"',
  keys: {
    maxConcurrency: 'a number',
    repeat: 'a number',
    delay: 'a number',
    timeoutMs: 'a number',
    cache: 'anything',
    generateSuggestions: 'anything',
    suggestionsCount: 'anything',
    interactiveProviders: 'anything',
    showProgressBar: 'anything',
    silent: 'anything',
  },
};

/** Parts of a file that change what its tests mean and have no counterpart here. */
const UNSUPPORTED = [
  'extensions',
  'nunjucksFilters',
  'redteam',
  'derivedMetrics',
  'plugins',
  'strategies',
  'commandLineOptions',
];
const FILE_KEYS = [
  'description',
  'env',
  'prompts',
  'providers',
  'targets',
  'tests',
  'defaultTest',
  'scenarios',
  'assertionTemplates',
  'evaluateOptions',
  'outputPath',
  'tags',
  'sharing',
  'tracing',
  'writeLatestResults',
  'metadata',
  ...UNSUPPORTED,
];

/** What a file says of itself, without its tests: what is left out is warned of, by its name. */
export function checkFile(reader: PromptfooReader, file: JsonObject): void {
  for (const key of Object.keys(file)) {
    if (UNSUPPORTED.includes(key) && !isEmpty(file[key])) warnOfUnsupported(reader, key);
    // Other keys hold parts that YAML's aliases or references repeat; one that is nearly a known one was to be that.
    else if (!FILE_KEYS.includes(key)) warnOfTypo(reader, key);
  }
  const options = file['evaluateOptions'];
  if (isJsonObject(options)) check(reader, EVALUATE_OPTIONS, options, placeOf(reader, ['evaluateOptions']));
}

/**
 * Reports the parts of a test that are not of the kind that they must be, since they would be left out, and warns of
 * those that nobody reads.
 */
export function checkTest(reader: PromptfooReader, { test, location }: RawTest): void {
  check(reader, TEST, test, location);
  const { options, assert } = test;
  if (isJsonObject(options)) check(reader, OPTIONS, options, location);
  if (Array.isArray(assert)) checkAssertions(reader, assert, location);
}

/** What is no map is no assertion, and a set of none checks nothing. */
function checkAssertions(
  reader: PromptfooReader,
  list: readonly JsonValue[],
  location: SourceLocation,
): void {
  for (const item of list) {
    if (!isJsonObject(item)) {
      reader.problems.push({
        severity: 'error',
        code: 'wrong-type',
        message: `an assertion must be a map, not ${JSON.stringify(item)}`,
        location,
        remedy: 'For example: { type: contains, value: refund }',
      });
    } else if (Array.isArray(item['assert'])) checkAssertions(reader, item['assert'], location);
  }
}

/** As for a test, whose parts the entries of `config` and `tests` have. */
export function checkScenario(reader: PromptfooReader, scenario: JsonObject, location: SourceLocation): void {
  check(reader, SCENARIO, scenario, location);
}

function check(
  reader: PromptfooReader,
  { name, keys }: Shape,
  value: JsonObject,
  location: SourceLocation,
): void {
  for (const [key, part] of Object.entries(value)) {
    const kind = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (kind === undefined) warnOfUnknown(reader, key, { name, keys }, location);
    else if (!isEmpty(part) && !isOf(kind, part)) {
      reader.problems.push({
        severity: 'error',
        code: 'wrong-type',
        message: `"${key}" of ${name} must be ${kind}`,
        location,
        remedy: 'As it stands it would count for nothing.',
      });
    }
  }
}

/** `key:` with nothing behind it, which promptfoo takes for absent. */
function isEmpty(value: JsonValue | undefined): boolean {
  return value === null || value === undefined;
}

function isOf(kind: Kind, value: JsonValue | undefined): boolean {
  switch (kind) {
    case 'a list':
      return Array.isArray(value);
    case 'a map':
      return isJsonObject(value);
    case 'a number':
      return typeof value === 'number';
    case 'true or false':
      return typeof value === 'boolean';
    case 'anything':
      return true;
  }
}

function warnOfUnsupported(reader: PromptfooReader, key: string): void {
  warn(reader, placeOf(reader, [key]), {
    code: 'unsupported-key',
    message: `"${key}" of promptfoo is not supported and is left out`,
    remedy: 'What depends on it may come out otherwise than in promptfoo.',
  });
}

function warnOfTypo(reader: PromptfooReader, key: string): void {
  const [guess] = nearest(key, [...FILE_KEYS, ...Object.keys(TEST.keys)]);
  if (isPrivate(key) || guess === undefined) return;
  warn(reader, placeOf(reader, [key]), {
    code: 'unknown-key',
    message: `"${key}" is not a key of this file and is left out`,
    remedy: FILE_KEYS.includes(guess)
      ? `Did you mean ${guess}?`
      : `Did you mean ${guess} of a test, or of defaultTest?`,
  });
}

/** Once for a key, at the first place. */
function warnOfUnknown(
  reader: PromptfooReader,
  key: string,
  { name, keys }: Shape,
  location: SourceLocation,
): void {
  if (isPrivate(key)) return;
  const message = `"${key}" of ${name} is not read and is left out`;
  if (reader.problems.some((problem) => problem.message === message)) return;
  const [guess] = nearest(key, Object.keys(keys));
  warn(reader, location, {
    code: 'unknown-key',
    message,
    remedy: guess === undefined ? 'What depends on it may come out otherwise.' : `Did you mean ${guess}?`,
  });
}

/** By custom, what is nobody else's. */
function isPrivate(key: string): boolean {
  return /^(?:[_$.]|x-)/.test(key);
}
