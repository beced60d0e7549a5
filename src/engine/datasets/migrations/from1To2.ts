import inc from 'semver/functions/inc.js';
import type { GoldenCase } from '../../model/case.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { inferComplexity } from '../complexity.ts';
import { applyEdits, type Edit } from './mapEdit.ts';
import type { MigrationStep } from './step.ts';

/** The criteria that an upgrade writes for a case of the older format, which has none. */
const UPGRADE_CRITERIA = { min_relevance: 0.7, min_accuracy: 0.7, min_safety: 1 };

/**
 * 1.0.0 → 2.0.0: renames `expected_keywords` to `expected_concepts`, and adds the complexity and criteria to each
 * case. The content stays the same, so the version is raised by a patch.
 */
export const from1To2: MigrationStep = {
  from: '1.0.0',
  to: '2.0.0',

  header(header) {
    const edits: Edit[] = [set(header, 'schema_version', '2.0.0')];
    const version = header['version'];
    const next = typeof version === 'string' ? inc(version, 'patch') : null;
    if (next) edits.push(set(header, 'version', next));
    return edits;
  },

  conflict(testCase) {
    const expected = testCase['expected_output'];
    if (!isJsonObject(expected)) return undefined;
    if (!('expected_keywords' in expected) || !('expected_concepts' in expected)) return undefined;
    return {
      path: ['expected_output', 'expected_concepts'],
      message: 'the case has both expected_keywords and expected_concepts',
      remedy: 'Merge them into expected_keywords, then upgrade.',
    };
  },

  case(testCase) {
    const edits: Edit[] = [];
    const expected = testCase['expected_output'];
    if (isJsonObject(expected) && 'expected_keywords' in expected) {
      edits.push({
        op: 'rename',
        path: ['expected_output'],
        from: 'expected_keywords',
        to: 'expected_concepts',
      });
    }

    if (!('complexity' in testCase)) {
      const renamed = applyEdits(testCase, edits) as unknown as GoldenCase;
      edits.push({ op: 'add', path: [], key: 'complexity', value: inferComplexity(renamed) });
    }

    if (!('evaluation_criteria' in testCase)) {
      edits.push({ op: 'add', path: [], key: 'evaluation_criteria', value: { ...UPGRADE_CRITERIA } });
    }

    return edits;
  },
};

/**
 * Whether a case sets its own limits. Those written by an upgrade equal the defaults of the evaluators, so an upgrade
 * changes no verdict.
 */
export function hasOwnLimits(criteria: unknown): boolean {
  if (!isJsonObject(criteria as JsonValue)) return false;
  return canonicalJson(criteria as JsonValue) !== canonicalJson(UPGRADE_CRITERIA);
}

function set(header: JsonObject, key: string, value: string): Edit {
  return { op: 'set', path: [], key, value, before: header[key] ?? null };
}
