import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ScriptRunners } from './scriptRunner.ts';

/** JavaScript of a workspace, as plain data. */
export interface WorkspaceScript {
  /** An expression over `output` and `context`; with `file`, the text of that module. */
  code: string;
  /** A module that needs others, relative to the workspace: it is imported from its own path. */
  file?: string;
  /** The module's export. Default: its default export. */
  function?: string;
}

/** Calls the script with its two arguments. Rejects with ScriptError, or with the signal's reason. */
export function runWorkspaceScript(
  { code, file, function: name }: WorkspaceScript,
  { output, context }: { output: JsonValue; context: JsonValue },
  { javascript, modules }: Pick<ScriptRunners, 'javascript' | 'modules'>,
  signal: AbortSignal,
): Promise<JsonValue> {
  const args = [output, context];
  return file === undefined
    ? javascript.run({ kind: 'script', code, args }, { signal })
    : modules.run({ kind: 'module', file, ...defined({ name }), args }, { signal });
}

export function isWorkspaceScript(value: unknown): value is WorkspaceScript {
  return isJsonObject(value) && typeof value['code'] === 'string';
}
