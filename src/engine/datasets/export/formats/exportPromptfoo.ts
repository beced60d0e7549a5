import type { EvaluationCriteria, ExpectedOutput, GoldenCase } from '../../../model/case.ts';
import { defined, nonEmpty } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ImportTally } from '../../import/importTally.ts';
import { withOwnFields } from '../../import/records/ownFields.ts';
import { caseJson, inputForm, restoreLeftover, without } from '../caseJson.ts';
import type { ExportFormat } from '../exportFormat.ts';

/** What a case without `min_relevance` asks for: the default of the evaluator `concepts`. */
const DEFAULT_RELEVANCE = 0.7;

/** Fields of a case that a promptfoo test has too. */
const SHARED = ['input', 'messages', 'assert', 'description', 'threshold', 'metadata'];

/** A list of promptfoo tests. What promptfoo can check of the expected output becomes assertions. */
export const promptfooExport: ExportFormat = {
  name: 'promptfoo',
  title: 'promptfoo tests',
  form: 'yaml',

  convert(testCase, tally) {
    const form = inputForm(testCase);
    const json = caseJson(testCase);
    const { metadata, restored } = restoreLeftover(testCase.metadata, 'promptfoo', [...SHARED, 'vars']);
    const vars = varsOf(testCase, form);

    noteVariables(vars, tally);
    const made = [...fromExpected(testCase, tally), ...fromCriteria(testCase.evaluation_criteria)];
    const assert = [...((json['assert'] ?? []) as JsonObject[]), ...made].map((one) =>
      escapeAssertion(one, tally),
    );
    const both = form === 'messages' && json['input'] !== undefined ? { input: json['input'] } : {};
    const hasEmptyAssert = testCase.assert?.length === 0 ? { assert: [] } : {};

    const own = { ...without(json, SHARED), ...both, ...hasEmptyAssert };
    for (const name of Object.keys(own)) if (!['id', 'expected_output'].includes(name)) tally.keep(name);
    const options = optionsOf(restored['options'], vars);
    const all = withOwnFields(metadata, { form, case: own });

    return {
      ...defined({ description: testCase.description }),
      vars,
      ...defined({ assert: nonEmpty(assert), threshold: testCase.threshold }),
      ...without(restored, ['options']),
      ...defined({ options, metadata: all }),
    };
  },
};

function varsOf({ input, messages }: GoldenCase, form: ReturnType<typeof inputForm>): JsonObject {
  if (form === 'messages') return { messages: (messages ?? []) as unknown as JsonValue };
  return isJsonObject(input) ? input : { input: input ?? '' };
}

/** promptfoo would run a test once for each text of a list. */
function optionsOf(options: JsonValue | undefined, vars: JsonObject): JsonObject | undefined {
  const isList = (value: JsonValue): boolean => Array.isArray(value) && typeof value[0] === 'string';
  const expands = Object.values(vars).some(isList) ? { disableVarExpansion: true } : {};
  const all = { ...(isJsonObject(options) ? options : {}), ...expands };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Their metric marks the assertions that were made here, so that an import does not take them for the case's own. */
function fromExpected(testCase: GoldenCase, tally: ImportTally): JsonObject[] {
  const {
    answer,
    expected_concepts,
    forbidden_concepts,
    json_schema,
    tool_calls,
    ...unknown
  }: ExpectedOutput = testCase.expected_output ?? {};

  const made: JsonObject[] = [];
  if (expected_concepts && expected_concepts.length > 0) {
    const threshold = testCase.evaluation_criteria?.min_relevance ?? DEFAULT_RELEVANCE;
    const assert = expected_concepts.map((value) => ({ type: 'icontains', value }));
    made.push({ type: 'assert-set', threshold, metric: 'expected_output.expected_concepts', assert });
    tally.note('expected concepts are matched literally, without inflected forms');
  }

  if (forbidden_concepts && forbidden_concepts.length > 0) {
    const metric = 'expected_output.forbidden_concepts';
    made.push({ type: 'not-icontains-any', value: forbidden_concepts, metric });
  }

  if (json_schema) made.push({ type: 'is-json', value: json_schema, metric: 'expected_output.json_schema' });
  if (answer !== undefined) tally.note('the reference answer is kept, but not checked by any assertion');
  if (tool_calls) tally.note('the expected tool calls are kept, but not checked by any assertion');
  for (const name of Object.keys(unknown)) tally.keep(`expected_output.${name}`);

  return made;
}

function fromCriteria(criteria: EvaluationCriteria | undefined): JsonObject[] {
  const { max_latency_ms, max_cost_usd } = criteria ?? {};
  return [
    ...(max_latency_ms === undefined
      ? []
      : [{ type: 'latency', threshold: max_latency_ms, metric: 'evaluation_criteria.max_latency_ms' }]),
    ...(max_cost_usd === undefined
      ? []
      : [{ type: 'cost', threshold: max_cost_usd, metric: 'evaluation_criteria.max_cost_usd' }]),
  ];
}

/** promptfoo fills in templates in a value that is a text or a list of texts. */
function escapeAssertion(assertion: JsonObject, tally: ImportTally): JsonObject {
  const { value, assert } = assertion;
  const escaped = Array.isArray(value)
    ? value.map((item) => escapeText(item, tally))
    : escapeText(value ?? null, tally);
  return {
    ...assertion,
    ...(value === undefined ? {} : { value: escaped }),
    ...(Array.isArray(assert)
      ? { assert: assert.map((one) => (isJsonObject(one) ? escapeAssertion(one, tally) : one)) }
      : {}),
  };
}

/** `{{`, `{%` and `{#` start a template in promptfoo; our texts are literal. */
function escapeText(value: JsonValue, tally: ImportTally): JsonValue {
  if (typeof value !== 'string' || !TEMPLATE.test(value)) return value;
  if (!value.includes('endraw')) return `{% raw %}${value}{% endraw %}`;
  tally.note('an assertion contains {% endraw %}, which promptfoo will treat as a template');
  return value;
}

const TEMPLATE = /\{[{%#]/;

/**
 * A variable cannot be quoted safely: promptfoo leaves a text with an unknown name unchanged, including the quoting.
 */
function noteVariables(vars: JsonObject, tally: ImportTally): void {
  const texts = Object.values(vars).filter((value) => typeof value === 'string');
  if (texts.some((text) => TEMPLATE.test(text))) {
    tally.note('a variable contains {{, {% or {#, which promptfoo may treat as a template');
  }
  if (texts.some((text) => text.startsWith('file://'))) {
    tally.note('promptfoo reads the file named by a variable that starts with file://');
  }
}
