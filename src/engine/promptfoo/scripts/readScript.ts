import type { WorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import { defined } from '../../model/defined.ts';
import type { SourceLocation } from '../../model/location.ts';
import { type PromptfooReader, readReference } from '../config/promptfooReader.ts';
import { moduleExpression } from './scriptCode.ts';

/** `file://check.js`, with the name of an export behind a colon. */
export const SCRIPT_FILE = /^file:\/\/(.*?\.[cm]?[jt]s)(?::([\w$]+))?$/;
/** A script that needs others is imported from where it stands; any other is run with fewer rights. */
const IMPORTS = /\brequire\s*\(|\bimport\b\s*[\w{*('"]/;

/** The script of a file. `fallback` is the export of a module that has no default one. Throws FileError. */
export function readScript(
  reader: PromptfooReader,
  file: string,
  name: string | undefined,
  location: SourceLocation,
  fallback?: string,
): WorkspaceScript {
  const { text, path } = readReference(reader, file, location);
  if (!IMPORTS.test(text) && !path.endsWith('ts')) return { code: moduleExpression(text, name ?? fallback) };
  return { code: text, file: path, ...defined({ function: name }) };
}
