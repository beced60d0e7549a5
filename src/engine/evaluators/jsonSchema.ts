import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ConfigError } from '../errors.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { safeRegExp } from './linearPattern.ts';

/** Says what is wrong with a value, or undefined when it satisfies the schema. */
type SchemaCheck = (value: JsonValue) => string | undefined;

const SHOWN_ERRORS = 3;
const checks = new WeakMap<JsonObject, SchemaCheck>();
const dialects = new Map<string, Ajv>();

/**
 * Compiles a JSON Schema once: draft-07 unless `$schema` names 2019-09 or 2020-12. Unknown keywords and
 * formats are ignored, as the standard has it. Patterns run in linear time; one that needs look-ahead or
 * back-references is refused. Throws ConfigError at the evaluator's place.
 */
export function compileSchema(
  schema: JsonObject,
  spec: Pick<EvaluatorSpec, 'type' | 'location'>,
): SchemaCheck {
  const known = checks.get(schema);
  if (known) return known;
  const ajv = dialect(schema);
  const current = withoutOldDialect(schema);
  try {
    const check = describing(ajv.compile(current), ajv);
    checks.set(schema, check);
    return check;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${spec.type}: the JSON Schema cannot be used: ${reason}`, {
      ...(spec.location ? { where: spec.location } : {}),
      cause,
    });
  } finally {
    // Otherwise schemas with the same $id would clash, and every schema of a long session would be kept.
    ajv.removeSchema(current);
  }
}

/** Drafts 04 and 06 are read as draft-07, which understands what they have in common. */
function withoutOldDialect(schema: JsonObject): JsonObject {
  const named = schema['$schema'];
  if (typeof named !== 'string' || /draft-07|2019-09|2020-12/.test(named)) return schema;
  const { $schema: _old, ...rest } = schema;
  return rest;
}

function describing(validate: ValidateFunction, ajv: Ajv): SchemaCheck {
  return (value) => {
    if (validate(value)) return undefined;
    const errors = validate.errors ?? [];
    const text = ajv.errorsText(errors.slice(0, SHOWN_ERRORS), { dataVar: 'output' });
    return errors.length > SHOWN_ERRORS ? `${text} (and ${errors.length - SHOWN_ERRORS} more)` : text;
  };
}

function dialect(schema: JsonObject): Ajv {
  const named = typeof schema['$schema'] === 'string' ? schema['$schema'] : '';
  const version = /2020-12/.test(named) ? '2020' : /2019-09/.test(named) ? '2019' : '07';
  const known = dialects.get(version);
  if (known) return known;
  const options: Options = {
    strict: false,
    allErrors: true,
    logger: false,
    code: { regExp: safeRegExp },
  };
  const ajv: Ajv =
    version === '2020' ? new Ajv2020(options) : version === '2019' ? new Ajv2019(options) : new Ajv(options);
  addFormats.default(ajv);
  dialects.set(version, ajv);
  return ajv;
}
