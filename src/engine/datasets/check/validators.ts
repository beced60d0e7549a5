import type { ErrorObject } from 'ajv';
import schema1 from '../../../../media/schemas/golden-1.0.0.schema.json' with { type: 'json' };
import schema2 from '../../../../media/schemas/golden-2.0.0.schema.json' with { type: 'json' };
import type { FormatVersion } from '../formatVersion.ts';

/** Checks against the JSON Schema of one format version. Each returns what is wrong; nothing when valid. */
export interface DatasetValidators {
  /** Everything but the cases; `whole` demands `test_cases` too, as a YAML or JSON file must have it. */
  header(value: unknown, form: 'whole' | 'lines'): readonly ErrorObject[];
  case(value: unknown): readonly ErrorObject[];
}

const SCHEMAS = { '1.0.0': schema1, '2.0.0': schema2 };
const loaded = new Map<FormatVersion, Promise<DatasetValidators>>();

/** The validators of a format version, compiled on first use: Ajv takes a while to load. */
export function loadValidators(version: FormatVersion): Promise<DatasetValidators> {
  let validators = loaded.get(version);
  if (!validators) {
    validators = compile(version);
    loaded.set(version, validators);
  }
  return validators;
}

/** Field names in the schema, by the kind of map they belong to. */
export function knownFields(version: FormatVersion): { [kind in MapKind]: readonly string[] } {
  const schema = SCHEMAS[version];
  const { definitions } = schema;
  return {
    dataset: Object.keys(schema.properties),
    case: Object.keys(definitions.case.properties),
    expected_output: Object.keys(definitions.expectedOutput.properties),
    evaluation_criteria:
      'evaluationCriteria' in definitions ? Object.keys(definitions.evaluationCriteria.properties) : [],
  };
}

/** A map of the format whose field names are checked for slips. */
export type MapKind = 'dataset' | 'case' | 'expected_output' | 'evaluation_criteria';

async function compile(version: FormatVersion): Promise<DatasetValidators> {
  // Through `default`: a bundler gives a CommonJS module no other name when it is imported at run time.
  const { default: module } = await import('ajv');
  const schema = SCHEMAS[version];
  const ajv = new module.Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });

  // Assertions are checked by the evaluators, with better messages.
  const definitions = { ...schema.definitions, assertion: { type: 'object' } };
  const { test_cases, ...fields } = schema.properties;
  const header = { type: 'object', definitions, required: ['schema_version', 'version'], properties: fields };
  const list = { type: test_cases.type, minItems: test_cases.minItems };
  const validateCase = ajv.compile({ ...definitions.case, definitions });
  const validateLines = ajv.compile(header);

  const validateWhole = ajv.compile({
    ...header,
    required: schema.required,
    properties: { ...fields, test_cases: list },
  });

  const run = (validate: typeof validateCase, value: unknown) =>
    validate(value) ? [] : (validate.errors ?? []);

  return {
    header: (value, form) => run(form === 'whole' ? validateWhole : validateLines, value),
    case: (value) => run(validateCase, value),
  };
}
