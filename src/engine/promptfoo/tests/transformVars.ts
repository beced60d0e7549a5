import type { WorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { CallScript } from '../../suites/config/suiteConfig.ts';
import type { PromptfooReader } from '../config/promptfooReader.ts';
import { readScript, SCRIPT_FILE } from '../scripts/readScript.ts';
import { scriptExpression } from '../scripts/scriptCode.ts';
import { UnsupportedVariable } from './variables.ts';

/** Said of cases whose variables were not changed because scripts are not trusted. */
export const UNTRUSTED =
  'transformVars is JavaScript, which is not trusted to run; read it, then use --trust';

/** The script of `options.transformVars`; undefined where there is none, as in promptfoo for an empty text. */
export function readTransformVars(
  reader: PromptfooReader,
  value: JsonValue | undefined,
  location: SourceLocation,
): WorkspaceScript | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new UnsupportedVariable('transformVars must be a text or file://…');
  if (!value.startsWith('file://')) return { code: scriptExpression(value, 'vars') };
  const [, file, name] = SCRIPT_FILE.exec(value) ?? [];
  if (file === undefined) throw new UnsupportedVariable(`transformVars is ${value}, which is not JavaScript`);
  return readScript(reader, file, name, location);
}

/**
 * The variables of a test with what the script returns over them, before lists are expanded and files read
 * (promptfoo's `applyInputTransform`). `context.uuid` is made from the test's place, so that a run can be resumed.
 * Throws UnsupportedVariable for what the script does wrong.
 */
export async function transformVariables(
  script: WorkspaceScript,
  vars: JsonObject,
  index: number,
  call: CallScript,
  signal: AbortSignal,
): Promise<JsonObject> {
  const scope = { output: vars, context: { prompt: {}, uuid: uuidOf(index) } };
  let returned: JsonValue;
  try {
    returned = await call(script, scope, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new UnsupportedVariable(`transformVars: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (isJsonObject(returned)) return { ...vars, ...returned };
  throw new UnsupportedVariable('transformVars must return a map of variables');
}

/** A version 8 UUID (RFC 9562) that is the same in every run. */
function uuidOf(index: number): string {
  const hex = contentHash(['transformVars', index]).slice(0, 32);
  const marked = `${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17)}`;
  return marked.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
