/**
 * Every id that this extension contributes. A test compares them with package.json in both directions, so
 * that neither a command without a handler nor a handler without a menu entry can stay.
 */

import type { ComparisonWord } from '../protocol/comparisonWord.ts';

/** Commands with what they are given and return. Arguments come from anywhere and are checked by the handler. */
export interface Commands {
  'touchstone.showOutput'(): void;
  'touchstone.restartEngine'(): Promise<void>;
  /** Returns the chosen `provider/model`, or undefined when the person chose none. */
  'touchstone.chooseModel'(): Promise<string | undefined>;
  /** Whether one was set. */
  'touchstone.setApiKey'(): Promise<boolean>;
  'touchstone.clearApiKey'(): Promise<void>;
  /** Runs these cases of a dataset (absolute path) with the suites that use it. */
  'touchstone.runEvaluation'(): Promise<void>;
  'touchstone.runCases'(cases: { path: string; ids: string[] }): Promise<void>;
  'touchstone.runSuite'(suite: { suite: string }): Promise<void>;
  /** Runs the suites that use this dataset (absolute path, or what menus give), by default the active one. */
  'touchstone.runDataset'(dataset?: { path: string }): Promise<void>;
  /** Runs the suites that test this prompt (absolute path). */
  'touchstone.runPrompt'(prompt: { path: string }): Promise<void>;
  /** Compresses a prompt (absolute path), or a stretch of it; by default what is active and selected. */
  'touchstone.compressPrompt'(prompt?: {
    path: string;
    /** From 1; the end is exclusive. */
    selection?: { line: number; column: number; endLine: number; endColumn: number };
    goal?: { level: 'lossless' | 'safe' | 'aggressive' } | { targetTokens: number } | 'ask';
  }): Promise<void>;
  /** Runs the suites of a prompt (absolute path) with it as it is and compressed, and offers the edit. */
  'touchstone.compressAndVerify'(prompt?: { path: string }): Promise<void>;
  /** A faded stretch is left alone from now on. Only as a quick fix. */
  'touchstone.ignoreWaste'(finding: {
    path: string;
    version: number;
    rule: string;
    line: number;
    column: number;
  }): Promise<void>;
  /** Tokens, cost and models of a prompt (absolute path); by default of the one in the active editor. */
  'touchstone.showTokens'(prompt?: { path: string }): Promise<void>;
  /** Opens the report of a stored run, at a case where one is named; without a run the person picks one. */
  'touchstone.openReport'(run?: { runId: string; caseId?: string }): Promise<void>;
  /** The run that is selected in the Runs view. */
  'touchstone.openSelectedRun'(): Promise<void>;
  /** A prompt or any other file (absolute path), a suite, or the active editor. Returns the verdicts. */
  'touchstone.compareWithHead'(
    what?: { path: string } | { suite: string; target?: string; dataset?: string; ids?: string[] },
  ): Promise<Verdicts>;
  'touchstone.compareWith'(): Promise<Verdicts>;
  /** One run or two, in any order; what is missing the person picks. */
  'touchstone.compareRuns'(run?: { runId: string }, selected?: { runId: string }[]): Promise<Verdicts>;
  'touchstone.compareModels'(prompt?: { path: string }): Promise<Verdicts>;
  /** Two evaluators over the outputs of a stored run; what is missing the person picks. */
  'touchstone.compareEvaluators'(run?: { runId: string }): Promise<void>;
  'touchstone.deleteRun'(run?: { runId: string }): Promise<void>;
  /** Runs again what a stored run ran. */
  'touchstone.repeatRun'(run?: { runId: string }): Promise<void>;
  'touchstone.refreshViews'(): void;
  'touchstone.showProviders'(): Promise<void>;
  /** A provider by the id of its state; without one the person picks. */
  'touchstone.isolateProvider'(provider?: { id: string }): Promise<void>;
  'touchstone.resetProvider'(provider?: { id: string }): Promise<void>;
  'touchstone.changeLimit'(what?: { id: string } | { bulkhead: string }): Promise<void>;
  /** All caches where none is named. */
  'touchstone.clearCache'(cache?: { cache: 'exact' | 'similar' }): Promise<void>;
  /** Starts the process that receives, where there is none. */
  'touchstone.traces.start'(): Promise<void>;
  /** For all windows and terminals of the workspace. */
  'touchstone.traces.stop'(): Promise<void>;
  'touchstone.traces.copyEndpoint'(): Promise<void>;
  'touchstone.traces.showServices'(): Promise<void>;
  /** Live metrics of the workspace. */
  'touchstone.openMonitor'(): Promise<void>;
  /** Writes a monitor of live spans into the configuration. */
  'touchstone.addMonitor'(): Promise<void>;
  /** A trace by its id or the beginning of it; without one the person picks. */
  'touchstone.traces.open'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  /** In a tab of its own, as `open` else. */
  'touchstone.traces.openApart'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  /** What is selected in the view. */
  'touchstone.traces.openSelected'(): Promise<void>;
  'touchstone.traces.filter'(): Promise<void>;
  'touchstone.traces.search'(): Promise<void>;
  'touchstone.traces.clearFilter'(): void;
  'touchstone.traces.sort'(): Promise<void>;
  'touchstone.traces.group'(): Promise<void>;
  'touchstone.traces.pause'(): void;
  'touchstone.traces.resume'(): void;
  'touchstone.traces.refresh'(): void;
  /** What is clicked in the view, and all that is selected there. */
  'touchstone.traces.pin'(trace?: unknown, selected?: unknown): void;
  'touchstone.traces.unpin'(trace?: unknown, selected?: unknown): void;
  'touchstone.traces.more'(): Promise<void>;
  'touchstone.traces.copyId'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  'touchstone.traces.goToCode'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  'touchstone.traces.goToPrompt'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  'touchstone.traces.openIn'(trace?: { traceId: string; spanId?: string }): Promise<void>;
  /** What is clicked, and all that is selected in the view. */
  'touchstone.traces.addToDataset'(trace?: unknown, selected?: unknown): Promise<void>;
  'touchstone.traces.compareWith'(trace?: unknown, selected?: unknown): Promise<void>;
  'touchstone.alerts.show'(): Promise<void>;
  /** An alert by its name; without one the person picks. */
  'touchstone.alerts.mute'(alert?: { name: string; label?: string | null }): Promise<void>;
  'touchstone.alerts.unmute'(alert?: { name: string; label?: string | null }): Promise<void>;
  'touchstone.alerts.test'(alert?: { name: string }): Promise<void>;
  'touchstone.alerts.goToRule'(alert?: { name: string }): Promise<void>;
  'touchstone.gateway.show'(): Promise<void>;
  /** Starts the process that serves it, where there is none. */
  'touchstone.gateway.start'(): Promise<void>;
  /** For all windows and terminals of the workspace. */
  'touchstone.gateway.stop'(): Promise<void>;
  /** A route by its name; without one the person picks. */
  'touchstone.gateway.mirror'(route?: { route: string }): Promise<void>;
  'touchstone.gateway.stopMirroring'(route?: { route: string }): Promise<void>;
  'touchstone.gateway.setWeights'(route?: { route: string }): Promise<void>;
  'touchstone.gateway.openComparison'(route?: { route: string }): Promise<void>;
  'touchstone.gateway.promotePairs'(route?: { route: string }): Promise<void>;
  'touchstone.gateway.copyEnvironment'(): Promise<void>;
  /** Of a prompt (absolute path); without one the person picks. */
  'touchstone.createRelease'(prompt?: { path: string }): Promise<void>;
  /** A deployment by its name; without one the person picks. Asks which version, and for a confirmation of what is steered. */
  'touchstone.deploy.start'(deployment?: { deployment: string }): Promise<void>;
  /** Likewise. What moves traffic is confirmed. */
  'touchstone.deploy.promote'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.deploy.pause'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.deploy.resume'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.deploy.rollback'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.deploy.decommission'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.deploy.show'(deployment?: { deployment: string }): Promise<void>;
  'touchstone.openWalkthrough'(): Promise<void>;
  /** Asks two questions, writes a prompt, a dataset and a suite, and runs them. */
  'touchstone.createEvaluation'(): Promise<void>;
  /** The given run, else what was asked for last in this window, else the newest stored run. */
  'touchstone.rerunLast'(run?: { runId: string }): Promise<void>;
  /** What failed in the given run, else in the newest one. */
  'touchstone.rerunFailed'(run?: { runId: string }): Promise<void>;
  'touchstone.resumeRun'(run?: { runId: string }): Promise<void>;
  'touchstone.stopRun'(run?: { runId: string }): Promise<void>;
  'touchstone.validateWorkspace'(): Promise<void>;
  'touchstone.upgradeDataset'(dataset?: { path: string }): Promise<void>;
  'touchstone.importDataset'(file?: { path: string }): Promise<void>;
  /**
   * The case of a result, else what is selected in the editor, else what the person types; into the given
   * dataset (absolute path), else into the one that the person picks.
   */
  'touchstone.addCase'(given?: CaseInRun | { path: string }): Promise<void>;
  'touchstone.acceptOutput'(result?: CaseInRun): Promise<void>;
  /** The edit that a comparison shows: either side of it, or the last one. */
  'touchstone.applyEdit'(side?: unknown): Promise<void>;
  'touchstone.discardEdit'(side?: unknown): Promise<void>;
  /** `file`: absolute; its ending decides the form. */
  'touchstone.exportReport'(run?: { runId: string; file?: string }): Promise<void>;
}

/** One for each dataset; null where a comparison has no verdict. */
export type Verdicts = (ComparisonWord | null)[];

/** A result: of the given target and trial, or any of the case's. */
export interface CaseInRun {
  runId: string;
  caseId: string;
  target?: string;
  trial?: number;
}
export type CommandId = keyof Commands;

export const commandIds = [
  'touchstone.showOutput',
  'touchstone.restartEngine',
  'touchstone.chooseModel',
  'touchstone.setApiKey',
  'touchstone.clearApiKey',
  'touchstone.showTokens',
  'touchstone.compressPrompt',
  'touchstone.compressAndVerify',
  'touchstone.openReport',
  'touchstone.openSelectedRun',
  'touchstone.compareWithHead',
  'touchstone.compareWith',
  'touchstone.compareRuns',
  'touchstone.compareModels',
  'touchstone.compareEvaluators',
  'touchstone.deleteRun',
  'touchstone.repeatRun',
  'touchstone.refreshViews',
  'touchstone.showProviders',
  'touchstone.isolateProvider',
  'touchstone.resetProvider',
  'touchstone.changeLimit',
  'touchstone.clearCache',
  'touchstone.traces.start',
  'touchstone.traces.stop',
  'touchstone.traces.copyEndpoint',
  'touchstone.traces.showServices',
  'touchstone.openMonitor',
  'touchstone.addMonitor',
  'touchstone.traces.open',
  'touchstone.traces.openApart',
  'touchstone.traces.openSelected',
  'touchstone.traces.filter',
  'touchstone.traces.search',
  'touchstone.traces.clearFilter',
  'touchstone.traces.sort',
  'touchstone.traces.group',
  'touchstone.traces.pause',
  'touchstone.traces.resume',
  'touchstone.traces.refresh',
  'touchstone.traces.pin',
  'touchstone.traces.unpin',
  'touchstone.traces.more',
  'touchstone.traces.copyId',
  'touchstone.traces.goToCode',
  'touchstone.traces.goToPrompt',
  'touchstone.traces.openIn',
  'touchstone.traces.addToDataset',
  'touchstone.traces.compareWith',
  'touchstone.alerts.show',
  'touchstone.alerts.mute',
  'touchstone.alerts.unmute',
  'touchstone.alerts.test',
  'touchstone.alerts.goToRule',
  'touchstone.gateway.show',
  'touchstone.gateway.start',
  'touchstone.gateway.stop',
  'touchstone.gateway.mirror',
  'touchstone.gateway.stopMirroring',
  'touchstone.gateway.setWeights',
  'touchstone.gateway.openComparison',
  'touchstone.gateway.promotePairs',
  'touchstone.gateway.copyEnvironment',
  'touchstone.createRelease',
  'touchstone.deploy.start',
  'touchstone.deploy.promote',
  'touchstone.deploy.pause',
  'touchstone.deploy.resume',
  'touchstone.deploy.rollback',
  'touchstone.deploy.decommission',
  'touchstone.deploy.show',
  'touchstone.openWalkthrough',
  'touchstone.createEvaluation',
  'touchstone.runEvaluation',
  'touchstone.runSuite',
  'touchstone.runCases',
  'touchstone.runDataset',
  'touchstone.runPrompt',
  'touchstone.rerunLast',
  'touchstone.rerunFailed',
  'touchstone.resumeRun',
  'touchstone.stopRun',
  'touchstone.validateWorkspace',
  'touchstone.upgradeDataset',
  'touchstone.importDataset',
  'touchstone.addCase',
  'touchstone.acceptOutput',
  'touchstone.applyEdit',
  'touchstone.discardEdit',
  'touchstone.exportReport',
] as const satisfies readonly CommandId[];

/** Settings with their types; read through settings.ts only. */
export interface SettingValues {
  'touchstone.config': string;
  'touchstone.model': string;
  'touchstone.allowScripts': boolean;
  'touchstone.compressionHints': 'off' | 'lossless' | 'safe' | 'aggressive';
  'touchstone.confirmCostAbove': number;
  'touchstone.traces.receive': 'off' | 'whenNeeded' | 'always';
  'touchstone.traces.port': number;
  'touchstone.traces.requireToken': boolean;
  'touchstone.traces.environment': 'off' | 'unlessSet' | 'always';
  /** Addresses of other services by their names; `{traceId}` and others are filled in. */
  'touchstone.traces.links': { [name: string]: string };
  'touchstone.gateway.port': number;
  'touchstone.gateway.environment': boolean;
}
export type SettingId = keyof SettingValues;

export const settingIds = [
  'touchstone.config',
  'touchstone.model',
  'touchstone.allowScripts',
  'touchstone.compressionHints',
  'touchstone.confirmCostAbove',
  'touchstone.traces.receive',
  'touchstone.traces.port',
  'touchstone.traces.requireToken',
  'touchstone.traces.environment',
  'touchstone.traces.links',
  'touchstone.gateway.port',
  'touchstone.gateway.environment',
] as const satisfies readonly SettingId[];

/** Context keys for `when` clauses. */
export interface ContextValues {
  'touchstone.engine': 'idle' | 'starting' | 'ready' | 'waiting' | 'failed';
  /** The workspace was looked through once: views that are empty are so because there is nothing. */
  'touchstone.listed': boolean;
  /** As `listed`, for the stored runs. */
  'touchstone.runsListed': boolean;
  'touchstone.running': boolean;
  /** As `listed`, for the received traces. */
  'touchstone.tracesListed': boolean;
  'touchstone.tracesFiltered': boolean;
  /** The view stays as it is, whatever comes. */
  'touchstone.tracesPaused': boolean;
  'touchstone.gateway': 'off' | 'serving' | 'failed';
  'touchstone.deployments': 'none' | 'configured' | 'running' | 'ended';
  /** What can be done with one of them now, apart by spaces. */
  'touchstone.deploymentActions': string;
  /** A prompt differs from the last commit. */
  'touchstone.promptsChanged': boolean;
  /** An edit waits to be applied or discarded. */
  'touchstone.editPending': boolean;
}
export type ContextId = keyof ContextValues;

export const contextIds = [
  'touchstone.engine',
  'touchstone.listed',
  'touchstone.runsListed',
  'touchstone.running',
  'touchstone.tracesListed',
  'touchstone.tracesFiltered',
  'touchstone.tracesPaused',
  'touchstone.gateway',
  'touchstone.deployments',
  'touchstone.deploymentActions',
  'touchstone.promptsChanged',
  'touchstone.editPending',
] as const satisfies readonly ContextId[];

/** Tree views. */
export const viewIds = [
  'touchstone.prompts',
  'touchstone.datasets',
  'touchstone.runs',
  'touchstone.traces',
  'touchstone.alerts',
  'touchstone.gateway',
  'touchstone.deployments',
  'touchstone.providers',
] as const;
export type ViewId = (typeof viewIds)[number];
