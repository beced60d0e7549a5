import path from 'node:path';
import type { Dataset } from '../../datasets/dataset.ts';
import { UserError } from '../../errors.ts';
import { codeFiles } from '../../files/code/codeFiles.ts';
import { resolveInside } from '../../files/confine.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { evaluatorFiles } from '../../suites/evaluators/evaluatorFiles.ts';

/** Types whose value may be code, and the ending that tells its language. */
const LANGUAGES: { [type: string]: string } = { python: '.py', javascript: '.mjs' };
const REFERENCE = /file:\/\/([^\s"'#?]+)/g;

/**
 * Hashes of the files that evaluators of the suite and of its cases refer to, and of all code that these load:
 * path relative to the workspace → SHA-256. Empty where they refer to none.
 */
export async function evaluatorCode(
  { evaluators: specs, judges = {} }: Pick<SuiteConfig, 'evaluators' | 'judges'>,
  dataset: Dataset,
  root: string,
  signal: AbortSignal,
): Promise<{ [path: string]: string }> {
  const references = new Set(specs.flatMap((spec) => evaluatorFiles(spec).map(({ reference }) => reference)));
  if (dataset.mentionsFiles)
    for await (const batch of dataset.batches({ signal }))
      for (const { case: entry } of batch)
        for (const reference of referencesIn(entry.assert, entry.assertScoringFunction))
          references.add(reference);
  for (const { file } of Object.values(judges)) if (file !== undefined) references.add(file);
  const texts = specs.flatMap((spec) => inlineCode(spec, root));
  const files = [...references].flatMap((reference) => inside(root, reference));
  return codeFiles({ files, texts }, root);
}

/** References of a case's own: `file://…`, and the module of a script that was read already. */
function referencesIn(...values: unknown[]): string[] {
  const text = JSON.stringify(values);
  const modules = [...text.matchAll(/"file":"((?:[^"\\]|\\.)+)"/g)].map(([, file = '']) => file);
  const named = [...text.matchAll(REFERENCE)].map(([, file = '']) => file);
  return [...modules, ...named].map((file) => file.replace(/(\.(?:[cm]?[jt]s|py)):[\w$.]+$/, '$1'));
}

/** Code that stands in the suite itself may load modules of the workspace, too. */
function inlineCode(spec: EvaluatorSpec, root: string): { file: string; text: string }[] {
  const own = Object.hasOwn(LANGUAGES, spec.type) ? LANGUAGES[spec.type] : undefined;
  return Object.values(spec.options).flatMap((value): { file: string; text: string }[] => {
    if (spec.type === 'assert-set' && Array.isArray(value))
      return value.flatMap((each) => (isSpec(each) ? inlineCode(each, root) : []));
    if (own === undefined || typeof value !== 'string') return [];
    return [{ file: path.join(root, `evaluator${own}`), text: value }];
  });
}

function isSpec(value: JsonValue): value is JsonValue & EvaluatorSpec {
  return isJsonObject(value) && typeof value['type'] === 'string' && isJsonObject(value['options'] ?? null);
}

/** None for a reference that leads nowhere: whoever reads it says so. */
function inside(root: string, reference: string): string[] {
  try {
    const real = resolveInside(root, reference, { path: reference });
    return [real];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
