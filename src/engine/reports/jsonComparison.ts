import type { CaseComparison, Comparison } from '../model/comparison.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';

/** Version of the report's form; a new major version means that readers must change. */
const FORMAT_VERSION = '1.1.0';

/** Comparisons as JSON, with the keys of the model in snake_case. */
export function jsonComparison(comparisons: readonly Comparison[]): string {
  const report = {
    format: 'touchstone-comparison',
    format_version: FORMAT_VERSION,
    comparisons: comparisons.map(comparisonEntry),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** A comparison as reports write it, or a case of one. */
export function comparisonEntry(comparison: Comparison | CaseComparison): JsonObject {
  return snakeCase(comparison as unknown as JsonObject) as JsonObject;
}

/** All keys of a comparison are our own, so that none of a person's is changed. */
function snakeCase(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => snakeCase(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const converted = snakeCase(item);
    return converted === undefined
      ? []
      : [[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), converted]];
  });
  return Object.fromEntries(entries) as JsonValue;
}
