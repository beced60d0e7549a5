import type { SourceDocument } from '../files/formats/document.ts';
import type { JsonValue } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import type { WorkspaceConfig } from './config/workspaceConfig.ts';

/**
 * Reads the configurations of another tool as suites. It is handed in where workspaces are opened; this folder knows
 * no such tool.
 */
export interface ForeignFormat {
  /** Names that are looked for in a folder without a configuration of ours; the first that is there is used. */
  readonly usualNames: readonly string[];
  /** Names under which that tool would look for a configuration that is a program; those are never run. */
  readonly programNames: readonly string[];
  /** Whether a file of that name is one of its configurations. */
  isNamed(name: string): boolean;
  /** Whether a parsed file is one: by its name, or by what only those hold. */
  isConfig(file: string, value: JsonValue): boolean;
  /** The configuration as suites; undefined when `problems` has got an error. */
  read(source: ForeignSource, environment: Environment): Promise<WorkspaceConfig | undefined>;
}

export interface ForeignSource {
  document: SourceDocument;
  /** Absolute real path of the workspace, which holds the file. */
  root: string;
  /** Absolute real path of the file. */
  absolute: string;
  /** Takes what is found wrong. */
  problems: Problem[];
}
