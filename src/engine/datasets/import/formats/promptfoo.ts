import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { deriveId } from '../caseIds.ts';
import type { CaseDraft, ImportContext, ImportFormat } from '../importFormat.ts';
import { inputPart } from '../records/caseParts.ts';
import { fillTexts } from '../records/fillText.ts';
import { splitOwnFields } from '../records/ownFields.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';
import { expandVariables } from '../records/variableCombinations.ts';
import { type PromptfooTest, promptfooRow } from './promptfooRow.ts';

/** Assertions of this metric were made from `expected_output` by an export of ours. */
const MADE = /^expected_output\.|^evaluation_criteria\./;

/** Tests of promptfoo: a list, the `tests` of a configuration, or the rows of a CSV file. */
export const promptfoo: ImportFormat = {
  name: 'promptfoo',
  title: 'promptfoo tests',
  fields: 'vars, assert; __expected in CSV',
  kinds: ['yaml', 'json', 'jsonl', 'csv'],

  records(document) {
    if (Array.isArray(document)) return [];
    const tests = isJsonObject(document) ? document['tests'] : undefined;
    return Array.isArray(tests) || typeof tests === 'string' ? ['tests'] : undefined;
  },

  looksLike(record) {
    if (isJsonObject(record['vars']) || Array.isArray(record['assert'])) return 'yes';
    return Object.keys(record).some((name) => name.startsWith('__')) ? 'yes' : 'no';
  },

  convert(record, context) {
    const isRow = !record.has('vars') && !record.has('assert') && !isTest(record);
    const test = isRow ? promptfooRow(record, context.tally) : takeTest(record);
    return convertTest(withDefaults(test, context.document), record, context);
  },
};

/** A test of nothing but e.g. a description gets its variables from `defaultTest`. */
function isTest(record: SourceRecord): boolean {
  return record.names.every((name) => ['description', 'threshold', 'metadata', 'options'].includes(name));
}

function takeTest(record: SourceRecord): PromptfooTest {
  const vars = record.takeMap('vars');
  if (!vars && record.has('vars')) throw record.fail('the variables are not a map', 'Put them under vars:');

  const assertions = record.take('assert');
  const description = record.takeText('description');
  const threshold = record.take('threshold');
  const metadata = record.takeMap('metadata');
  const options = record.takeMap('options');

  return {
    vars: vars ?? {},
    assert: asAssertions(assertions, record),
    ...defined({ description }),
    ...(typeof threshold === 'number' ? { threshold } : {}),
    ...defined({ metadata, options }),
  };
}

function asAssertions(value: JsonValue | undefined, record: SourceRecord): JsonObject[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isJsonObject)) return value;
  throw record.fail('assert must be a list of assertions', 'Write each one as a map with a type.');
}

/** `defaultTest` of a configuration: its variables and assertions come first, a test's own win. */
function withDefaults(test: PromptfooTest, document: JsonValue): PromptfooTest {
  const given = isJsonObject(document) ? document['defaultTest'] : undefined;
  if (!isJsonObject(given)) return test;

  const part = (name: string): JsonObject => (isJsonObject(given[name]) ? given[name] : {});
  const assertions = Array.isArray(given['assert']) ? given['assert'].filter(isJsonObject) : [];
  const threshold = test.threshold ?? given['threshold'];

  return {
    ...test,
    vars: { ...test.vars, ...part('vars'), ...test.vars },
    assert: [...assertions, ...test.assert],
    metadata: { ...part('metadata'), ...test.metadata },
    options: { ...part('options'), ...test.options },
    ...(typeof threshold === 'number' ? { threshold } : {}),
  };
}

function convertTest(test: PromptfooTest, record: SourceRecord, context: ImportContext): CaseDraft[] {
  const { disableVarExpansion, ...options } = test.options ?? {};
  const all = { ...test.vars };
  const combinations = disableVarExpansion === true ? [all] : expandVariables(all, record);
  const { metadata, own } = splitOwnFields(test.metadata);
  const id = metadata?.['id'];
  const isSplit = combinations.length > 1;

  return combinations.map((variables) => {
    // An export of ours leaves variables as they are.
    const unwrapped = own ? variables : mapTexts(variables, unwrap);

    const assert = test.assert
      .filter((assertion) => own === undefined || !isMade(assertion))
      .map((assertion) =>
        own ? mapTexts(assertion, unwrap, true) : readAssertion(assertion, unwrapped, context),
      );

    return {
      ...(typeof id === 'string' && !isSplit ? { id } : {}),
      ...(isSplit ? { cluster: test.description ?? deriveId(all) } : {}),
      ...defined({ description: test.description }),
      ...inputOf(unwrapped, own, record),
      ...defined({ assert: nonEmpty(assert), threshold: test.threshold, metadata: nonEmpty(metadata) }),
      ...(Object.keys(options).length > 0 ? { kept: { options } } : {}),
      ...(own && isJsonObject(own['case']) ? { own: own['case'] } : {}),
    };
  });
}

function isMade(assertion: JsonObject): boolean {
  return typeof assertion['metric'] === 'string' && MADE.test(assertion['metric']);
}

function readAssertion(assertion: JsonObject, variables: JsonObject, { tally }: ImportContext): JsonObject {
  if (typeof assertion['$ref'] === 'string') {
    tally.note('an assertion refers to a template by $ref, which is an error: write the assertion out');
  }
  const unwrapped = mapTexts(assertion, unwrap, true);
  const isRaw = JSON.stringify(unwrapped) !== JSON.stringify(assertion);
  if (isRaw) return unwrapped;
  const { value, left } = fillTexts(assertion, variables);
  if (left > 0) tally.note('a template in an assertion could not be rendered and was left as is');
  return value;
}

/** Our export records the form of the input: a string or a conversation. */
function inputOf(
  variables: JsonObject,
  own: JsonObject | undefined,
  record: SourceRecord,
): Pick<CaseDraft, 'input' | 'messages'> {
  const { input, messages } = variables;
  if (own?.['form'] === 'text' && typeof input === 'string') return { input };
  if (own?.['form'] === 'messages') return inputPart(messages, record, 'messages');
  return { input: variables };
}

/** Changes the texts of a map; of its first level only, or of all levels. */
function mapTexts(map: JsonObject, change: (text: string) => string, deep = false): JsonObject {
  const visit = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return change(value);
    if (!deep || typeof value !== 'object' || value === null) return value;
    return Array.isArray(value) ? value.map(visit) : mapTexts(value, change, true);
  };
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, visit(value)]));
}

/** `{% raw %}text{% endraw %}`: a text that promptfoo must not take for a template. */
function unwrap(text: string): string {
  return /^\{% raw %\}([\s\S]*)\{% endraw %\}$/.exec(text)?.[1] ?? text;
}
