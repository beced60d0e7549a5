import path from 'node:path';
import parse from 'semver/functions/parse.js';
import { readDatasetVersion } from '../../datasets/diff/datasetVersion.ts';
import { diffDatasets } from '../../datasets/diff/diffDatasets.ts';
import { readGitFile } from '../../datasets/diff/gitFile.ts';
import { CURRENT_FORMAT, chooseFormat } from '../../datasets/formatVersion.ts';
import { quoteLike } from '../../datasets/migrations/replacement.ts';
import { UserError } from '../../errors.ts';
import type { LanguageFile } from '../languageFile.ts';
import type { Fix, Selection } from './fix.ts';

/** A field of the header, as written. */
interface HeaderField {
  value: string;
  /** As in the text, with its quotes. */
  written: string;
  line: number;
  column: number;
}

/** Lines at the top in which the versions of a dataset are looked for. */
const HEAD_LINES = 60;

/** The actions offered at the versions of a dataset, although nothing is wrong. `git` starts git. */
export async function datasetFixes(
  file: LanguageFile,
  selection: Selection,
  options: { git: boolean; signal: AbortSignal },
): Promise<Fix[]> {
  if (file.kind !== 'dataset') return [];
  const isSelected = (field: HeaderField | undefined) =>
    field !== undefined && field.line >= selection.line && field.line <= selection.endLine;
  const schema = headerField(file, 'schema_version');
  const version = headerField(file, 'version');
  const fixes: Fix[] = [];
  if (schema && isSelected(schema)) fixes.push(...upgrade(schema));
  if (version && isSelected(version) && options.git)
    fixes.push(...(await bump(file, version, options.signal)));
  return fixes;
}

function headerField({ text }: LanguageFile, name: string): HeaderField | undefined {
  const pattern = new RegExp(
    `^([ \\t]*\\{?[ \\t]*(?:.*[{,][ \\t]*)?["']?${name}["']?[ \\t]*:[ \\t]*)("[^"\\n]*"|'[^'\\n]*'|[^\\s,#}]+)`,
  );
  for (const [at, line] of text.split('\n', HEAD_LINES).entries()) {
    if (/^\s*["']?test_cases\b/.test(line)) return undefined;
    const match = pattern.exec(line);
    const [, lead = '', written = ''] = match ?? [];
    if (match)
      return { value: written.replace(/^["']|["']$/g, ''), written, line: at + 1, column: lead.length + 1 };
  }
  return undefined;
}

function upgrade(schema: HeaderField): Fix[] {
  const choice = chooseFormat(schema.value);
  if (choice.status !== 'known' || choice.format === CURRENT_FORMAT) return [];
  return [{ title: `Upgrade to schema ${CURRENT_FORMAT}`, change: { kind: 'upgrade' }, preferred: true }];
}

/** Raises the version as required by the changes since the last commit. */
async function bump(file: LanguageFile, version: HeaderField, signal: AbortSignal): Promise<Fix[]> {
  if (!parse(version.value)) return [];
  try {
    const cwd = path.dirname(file.absolute);
    const committed = await readGitFile(`HEAD:./${path.basename(file.absolute)}`, { cwd, signal });
    const side = (text: string) => readDatasetVersion({ kind: 'text', label: file.path, text }, signal);
    const { suggested, needed, before } = diffDatasets(await side(committed), await side(file.text)).version;
    if (suggested === undefined || needed === 'none') return [];
    const { line, column, written } = version;
    const text = quoteLike(written, suggested);
    const edits = [{ line, column, endLine: line, endColumn: column + written.length, text }];
    const title = `Raise the version to ${suggested} (${needed} change since ${before})`;
    return [{ title, change: { kind: 'edits', edits }, preferred: true }];
  } catch (error) {
    // No repository, a new file, or a dataset that is not valid at the moment.
    if (error instanceof UserError) return [];
    throw error;
  }
}
