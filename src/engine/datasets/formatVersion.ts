import parse from 'semver/functions/parse.js';
import type { JsonValue } from '../model/json.ts';

/** Versions of the dataset format that have a schema of their own, oldest first. */
const FORMAT_VERSIONS = ['1.0.0', '2.0.0'] as const;
export type FormatVersion = (typeof FORMAT_VERSIONS)[number];

export const CURRENT_FORMAT: FormatVersion = '2.0.0';

/**
 * What `schema_version` asks for. A newer minor version of a known major is read with the schema that we
 * have, and its unknown fields are kept.
 */
type FormatChoice = { status: 'known'; format: FormatVersion } | { status: 'newer' } | { status: 'unknown' };

export function chooseFormat(schemaVersion: JsonValue | undefined): FormatChoice {
  const wanted = typeof schemaVersion === 'string' ? parse(schemaVersion) : null;
  if (!wanted) return { status: 'unknown' };
  const format = FORMAT_VERSIONS.find((version) => parse(version)?.major === wanted.major);
  if (format) return { status: 'known', format };
  return { status: wanted.major > Number.parseInt(CURRENT_FORMAT, 10) ? 'newer' : 'unknown' };
}
