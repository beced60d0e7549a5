/**
 * Every id that this extension contributes. A test compares them with package.json in both directions, so
 * that neither a command without a handler nor a handler without a menu entry can stay.
 */

/** Commands with what they are given and return. Arguments come from anywhere and are checked by the handler. */
export interface Commands {
  'touchstone.showOutput'(): void;
  'touchstone.restartEngine'(): Promise<void>;
  /** Returns the chosen `provider/model`, or undefined when the person chose none. */
  'touchstone.chooseModel'(): Promise<string | undefined>;
  'touchstone.setApiKey'(): Promise<void>;
  'touchstone.clearApiKey'(): Promise<void>;
  /** Runs these cases of a dataset (absolute path) with the suites that use it. */
  'touchstone.runCases'(cases: { path: string; ids: string[] }): Promise<void>;
  'touchstone.runSuite'(suite: { suite: string }): Promise<void>;
  /** Runs the suites that test this prompt (absolute path). */
  'touchstone.runPrompt'(prompt: { path: string }): Promise<void>;
  /** Opens the report of a stored run, at a case where one is named. */
  'touchstone.openReport'(run: { runId: string; caseId?: string }): Promise<void>;
}
export type CommandId = keyof Commands;

export const commandIds = [
  'touchstone.showOutput',
  'touchstone.restartEngine',
  'touchstone.chooseModel',
  'touchstone.setApiKey',
  'touchstone.clearApiKey',
] as const satisfies readonly CommandId[];

/** Settings with their types; read through settings.ts only. */
export interface SettingValues {
  'touchstone.config': string;
  'touchstone.model': string;
  'touchstone.allowScripts': boolean;
}
export type SettingId = keyof SettingValues;

export const settingIds = [
  'touchstone.config',
  'touchstone.model',
  'touchstone.allowScripts',
] as const satisfies readonly SettingId[];

/** Context keys for `when` clauses. */
export interface ContextValues {
  'touchstone.engine': 'idle' | 'starting' | 'ready' | 'waiting' | 'failed';
  'touchstone.running': boolean;
}
export type ContextId = keyof ContextValues;

export const contextIds = ['touchstone.engine', 'touchstone.running'] as const satisfies readonly ContextId[];

/** Tree views. */
export const viewIds = [] as const satisfies readonly string[];
