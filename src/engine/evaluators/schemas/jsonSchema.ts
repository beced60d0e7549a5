import type { ValidateFunction } from 'ajv';
import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { type BoundedAjv, createBoundedAjv, type Draft, SchemaTooCostly } from './boundedAjv.ts';

/** Says what is wrong with a value, or undefined when it satisfies the schema. */
type SchemaCheck = (value: JsonValue) => string | undefined;

const SHOWN_ERRORS = 3;
const checks = new WeakMap<JsonObject, SchemaCheck>();
const dialects = new Map<Draft, BoundedAjv>();

/** Longest JSON of a schema, in characters; compiling takes some microseconds for each. */
const MAX_SCHEMA = 500_000;

/**
 * Compiles a JSON Schema once: draft-07 unless `$schema` names 2019-09 or 2020-12. Unknown keywords and
 * formats are ignored, as the standard has it. Patterns run in linear time; one that needs look-ahead or
 * back-references is refused. Throws ConfigError at the evaluator's place; so does a check that takes too many steps.
 */
export function compileSchema(
  schema: JsonObject,
  spec: Pick<EvaluatorSpec, 'type' | 'location'>,
): SchemaCheck {
  const known = checks.get(schema);
  if (known) return known;

  const { ajv, run } = dialect(schema);
  const current = withoutOldDialect(schema);
  try {
    if (JSON.stringify(schema).length > MAX_SCHEMA) throw new Error('it is too long');
    const check = describing(
      run(() => ajv.compile(current)),
      run,
      spec,
    );
    checks.set(schema, check);
    return check;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${spec.type}: the JSON Schema cannot be used: ${reason}`, {
      where: spec.location,
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

function describing(
  validate: ValidateFunction,
  run: BoundedAjv['run'],
  spec: Pick<EvaluatorSpec, 'type' | 'location'>,
): SchemaCheck {
  return (value) => {
    if (ends(() => run(() => validate(value)), spec)) return undefined;

    const errors = validate.errors ?? [];
    const text = errors
      .slice(0, SHOWN_ERRORS)
      .map(({ instancePath, message }) => `output${instancePath} ${message}`)
      .join(', ');
    return errors.length > SHOWN_ERRORS ? `${text} (and ${errors.length - SHOWN_ERRORS} more)` : text;
  };
}

function ends(check: () => boolean, { type, location }: Pick<EvaluatorSpec, 'type' | 'location'>): boolean {
  try {
    return check();
  } catch (cause) {
    const tooCostly = cause instanceof SchemaTooCostly;
    if (!tooCostly && !(cause instanceof RangeError)) throw cause;
    throw new ConfigError(
      tooCostly
        ? `${type}: checking the output against the JSON Schema takes too many steps`
        : `${type}: the output or the JSON Schema is nested too deeply to be checked`,
      {
        where: location,
        remedy: 'Simplify the schema: anyOf, oneOf and $ref that refer to each other multiply the steps.',
        cause,
      },
    );
  }
}

function dialect(schema: JsonObject): BoundedAjv {
  const named = typeof schema['$schema'] === 'string' ? schema['$schema'] : '';
  const draft = /2020-12/.test(named) ? '2020' : /2019-09/.test(named) ? '2019' : '07';
  const known = dialects.get(draft);
  if (known) return known;

  const created = createBoundedAjv(draft);
  dialects.set(draft, created);
  return created;
}
