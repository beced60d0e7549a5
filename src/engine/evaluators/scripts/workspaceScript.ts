import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { moduleCode } from './moduleRunner.ts';
import type { ScriptRunner } from './scriptRunner.ts';

/** JavaScript of a workspace, as plain data. */
export interface WorkspaceScript {
  /** An expression over `output` and `context`; where `file` is set, the text of that module. */
  code: string;
  /** A module that needs others, relative to the workspace: it is imported from where it stands. */
  file?: string;
  /** The module's export; its default one where absent. */
  function?: string;
}

/** What runs scripts; given only where they are trusted. */
export interface ScriptRunners {
  scripts: ScriptRunner;
  modules: ScriptRunner;
}

/** Calls the script with its two arguments. Rejects with ScriptError, or with the signal's reason. */
export function runWorkspaceScript(
  { code, file, function: name }: WorkspaceScript,
  scope: { output: JsonValue; context: JsonValue },
  runners: ScriptRunners,
  signal: AbortSignal,
): Promise<JsonValue> {
  return file === undefined
    ? runners.scripts.run(code, scope, { signal })
    : runners.modules.run(moduleCode(file, name), scope, { signal });
}

export function isWorkspaceScript(value: unknown): value is WorkspaceScript {
  return isJsonObject(value) && typeof value['code'] === 'string';
}
