import { ConfigError } from '../../errors.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { EvaluatorDefinition, EvaluatorDeps } from '../evaluator.ts';
import { UnsupportedEvaluatorError } from '../specs/unsupported.ts';

const PREFIX = 'file://';
const FOREIGN_SCRIPT = /\.(py|rb|ts|mts|cts|mjs)(:|$)/;

/**
 * The options with every `file://` text, or item of a list, replaced by what the file holds: data for JSON
 * and YAML, otherwise the text without surrounding white space. Throws FileError or ConfigError.
 */
export function resolveFileValues(
  spec: EvaluatorSpec,
  definition: EvaluatorDefinition,
  deps: Pick<EvaluatorDeps, 'readFile'>,
): JsonObject {
  const resolved: JsonObject = {};
  for (const [key, value] of Object.entries(spec.options)) {
    resolved[key] = Array.isArray(value)
      ? value.map((item) => resolve(item, spec, definition, deps))
      : resolve(value, spec, definition, deps);
  }
  return resolved;
}

/** The data in a JSON or YAML text; `path` is used in messages. Throws ConfigError at `spec`'s place. */
export function parseData(text: string, path: string, spec: EvaluatorSpec): JsonValue {
  try {
    return parseYaml(text, path).value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${spec.type}: ${path} is neither valid JSON nor valid YAML: ${reason}`, {
      where: spec.location,
      cause,
    });
  }
}

function resolve(
  value: JsonValue,
  spec: EvaluatorSpec,
  definition: EvaluatorDefinition,
  deps: Pick<EvaluatorDeps, 'readFile'>,
): JsonValue {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return value;
  const path = value.slice(PREFIX.length);
  if (definition.type === 'python' && path.endsWith('.py')) return deps.readFile(path);
  if (FOREIGN_SCRIPT.test(path) || (/\.c?js(:|$)/.test(path) && definition.type !== 'javascript')) {
    throw new UnsupportedEvaluatorError(definition.type, spec.location, `the script ${path}`);
  }
  const text = deps.readFile(path);
  return /\.(json|ya?ml)$/i.test(path) ? parseData(text, path, spec) : text.trim();
}
