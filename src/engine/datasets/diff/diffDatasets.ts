import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { CURRENT_FORMAT } from '../formatVersion.ts';
import type { DatasetVersion } from './datasetVersion.ts';
import { diffValues, type FieldChange } from './diffValues.ts';
import { type Bump, judgeVersion, largestBump, type VersionVerdict } from './versionBump.ts';

/** A case that is in one version only. */
interface LoneCase {
  id: string;
  case: GoldenCase;
  /** The id under which the other version has the same content. */
  sameAs?: string;
}

interface ChangedCase {
  id: string;
  changes: (FieldChange & { bump: Bump })[];
}

interface DiffSide {
  label: string;
  version: string;
  schemaVersion: string;
  count: number;
}

/** How two versions of a dataset differ. Cases are paired by id; their order means nothing. */
export interface DatasetDiff {
  before: DiffSide;
  after: DiffSide;
  /** Changes of the header, versions aside. */
  header: FieldChange[];
  added: LoneCase[];
  removed: LoneCase[];
  changed: ChangedCase[];
  unchanged: number;
  version: VersionVerdict;
}

/** Fields of a case with expectations. A changed value makes results incomparable. */
const EXPECTATIONS: ReadonlySet<string | number> = new Set([
  'expected_output',
  'evaluation_criteria',
  'assert',
  'threshold',
]);

/**
 * Compares two versions after both were brought to the current schema. A removed case or a changed expectation
 * calls for a major version, an added case for a minor one, anything else for a patch.
 */
export function diffDatasets(before: DatasetVersion, after: DatasetVersion): DatasetDiff {
  const old = new Map(before.cases.map((entry) => [entry.id, entry]));
  const now = new Map(after.cases.map((entry) => [entry.id, entry]));

  const pairs = before.cases.flatMap((entry) => {
    const other = now.get(entry.id);
    return other ? [{ id: entry.id, changes: diffCases(entry, other) }] : [];
  });

  const header = diffValues(headerContent(before), headerContent(after));
  const changed = pairs.filter(({ changes }) => changes.length > 0);
  const added = lone(after.cases, old, before.cases);
  const removed = lone(before.cases, now, after.cases);

  const needed = largestBump([
    ...(removed.length > 0 ? ['major' as const] : []),
    ...(added.length > 0 ? ['minor' as const] : []),
    ...(header.length > 0 ? ['patch' as const] : []),
    ...changed.flatMap(({ changes }) => changes.map(({ bump }) => bump)),
  ]);

  const [from, to] = [side(before), side(after)];
  return {
    before: from,
    after: to,
    header,
    added,
    removed,
    changed,
    unchanged: pairs.length - changed.length,
    version: judgeVersion(from.version, to.version, needed),
  };
}

function diffCases(before: GoldenCase, after: GoldenCase): ChangedCase['changes'] {
  return diffValues(asJson(before), asJson(after)).map((change) => ({
    ...change,
    bump: EXPECTATIONS.has(change.path[0] ?? '') ? 'major' : 'patch',
  }));
}

/** The cases without a partner; a renamed one names the id that it had or got. */
function lone(
  cases: readonly GoldenCase[],
  others: ReadonlyMap<string, GoldenCase>,
  otherCases: readonly GoldenCase[],
): LoneCase[] {
  const alone = cases.filter(({ id }) => !others.has(id));
  if (alone.length === 0) return [];
  const ids = new Set(cases.map(({ id }) => id));
  const candidates = otherCases.filter(({ id }) => !ids.has(id));
  const byContent = new Map(candidates.map((entry) => [contentWithoutId(entry), entry.id]));
  return alone.map((entry) => {
    const sameAs = byContent.get(contentWithoutId(entry));
    return { id: entry.id, case: entry, ...defined({ sameAs }) };
  });
}

function contentWithoutId({ id: _, ...content }: GoldenCase): string {
  return contentHash(content);
}

function headerContent({ header }: DatasetVersion): JsonObject {
  const { version: _, schema_version: __, ...content } = header;
  return content;
}

function side({ label, header, cases }: DatasetVersion): DiffSide {
  const schemaVersion = String(header['schema_version'] ?? CURRENT_FORMAT);
  return { label, version: String(header['version'] ?? '0.0.0'), schemaVersion, count: cases.length };
}

function asJson(entry: GoldenCase): JsonValue {
  return entry as unknown as JsonValue;
}
