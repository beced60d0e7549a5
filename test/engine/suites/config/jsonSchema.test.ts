import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { evaluatorTypes } from '../../../../src/engine/evaluators/registry.ts';
import { parseYaml } from '../../../../src/engine/files/formats/parseYaml.ts';
import { isJsonObject, type JsonValue } from '../../../../src/engine/model/json.ts';
import { configJsonSchema } from '../../../../src/engine/suites/config/configSchema.ts';
import { assertionSchema } from '../../../../src/engine/suites/evaluators/assertionSchema.ts';

const repository = path.join(import.meta.dirname, '../../../..');
const schema = configJsonSchema();
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

function accepts(text: string): boolean {
  return validate(parseYaml(text, 'touchstone.yaml').value) === true;
}

const suiteWith = (rest: string) => `suites: { s: { dataset: a.yaml, targets: [{ echo: true }], ${rest} } }`;

describe('the JSON Schema of touchstone.yaml', () => {
  it('is the one in media/schemas (npm run schemas writes it)', () => {
    const file = path.join(repository, 'media/schemas/touchstone.schema.json');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), schema);
  });

  it('has the assertions of golden datasets, too', () => {
    const file = path.join(repository, 'media/schemas/golden-2.0.0.schema.json');
    const golden = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(golden.definitions.assertion, assertionSchema([...evaluatorTypes().values()]));
    assert.deepEqual(golden.definitions.case.properties.assert.items, { $ref: '#/definitions/assertion' });
  });

  it('accepts the example of the documentation', () => {
    const file = path.join(repository, 'test/fixtures/suites/example/touchstone.yaml');
    assert.ok(accepts(readFileSync(file, 'utf8')), ajv.errorsText(validate.errors));
  });

  it('accepts every form of an evaluator', () => {
    for (const form of [
      'is-json',
      'not-is-json',
      'contains: refund',
      'contains: { value: refund, weight: 2, metric: words }',
      '{ not-contains: refund, name: no-refund }',
      'is-json:',
      '{ type: contains, value: refund }',
      '{ type: levenshtein, value: sitting, min: 0.9 }',
      '{ type: levenshtein, value: sitting, config: { min: 0.9 } }',
      '{ type: not-llm-rubric, value: polite, provider: { id: x }, threshold: 0.5 }',
      '{ type: "trajectory:step-count", value: { type: tool, max: 2 } }',
      '{ type: javascript, value: "1", config: { any: 1 } }',
      '{ type: max-score, value: { threshold: 0.5 } }',
    ]) {
      assert.ok(accepts(suiteWith(`evaluators: [ ${form} ]`)), `${form}: ${ajv.errorsText(validate.errors)}`);
    }
  });

  it('refuses what the loader refuses', () => {
    for (const rest of [
      'repeats: 3',
      'repeat: three',
      'evaluators: [{ containz: refund }]',
      'evaluators: [{ concepts: { minimum: 1 } }]',
      'gate: { min_pass_rate: 90 }',
      'cascade: { mode: fast }',
    ]) {
      assert.ok(!accepts(suiteWith(rest)), rest);
    }
    assert.ok(!accepts('suites: { s: { dataset: a.yaml, targets: [{ name: nothing }] } }'));
    assert.ok(!accepts('suites: { s: { dataset: a.yaml, targets: [{ echo: true, prompt: a.prompty }] } }'));
    assert.ok(!accepts('suites: { bad name: { dataset: a.yaml, targets: [{ echo: true }] } }'));
  });

  it('explains every key', () => {
    const bare: string[] = [];
    visit(schema, '', (value, at) => {
      // Chat messages need no explanation.
      if (/\/items\/properties\/(role|content)$/.test(at)) return;
      if (/\/properties\/[^/]+$/.test(at) && !value['description'] && !value['$ref']) bare.push(at);
    });
    assert.deepEqual(bare, []);
  });

  it('knows every registered evaluator, with its summary', () => {
    const definitions = schema['definitions'];
    assert.ok(isJsonObject(definitions));
    for (const { type, summary } of evaluatorTypes().values()) {
      const definition = definitions[type];
      assert.ok(isJsonObject(definition) && definition['description'] === summary, type);
    }
  });
});

function visit(
  value: JsonValue,
  at: string,
  see: (value: { [key: string]: JsonValue }, at: string) => void,
): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, `${at}/${index}`, see);
  } else if (isJsonObject(value)) {
    see(value, at);
    for (const [key, item] of Object.entries(value)) visit(item, `${at}/${key}`, see);
  }
}
