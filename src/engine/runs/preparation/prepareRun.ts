import { TokenBudgets } from '../../cost/budgets/tokenBudgets.ts';
import { type Dataset, openDataset } from '../../datasets/dataset.ts';
import { heldDataset } from '../../datasets/read/memoryDataset.ts';
import { ConfigError } from '../../errors.ts';
import { type CaseScoring, caseScoring } from '../../evaluators/caseScoring.ts';
import type { EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { createPatternMatcher } from '../../evaluators/patternMatcher.ts';
import { isWorkspaceScript } from '../../evaluators/workspaceScript.ts';
import { resolveInside } from '../../files/confine.ts';
import type { FileList } from '../../files/fileList.ts';
import { readText } from '../../files/readText.ts';
import { Redactor } from '../../http/redactor.ts';
import type { GoldenCase } from '../../model/case.ts';
import type { Problem } from '../../model/problem.ts';
import type { RunFilter, RunPlan } from '../../model/run.ts';
import type { KeyedCatalog } from '../../models/catalog.ts';
import type { EditorModels } from '../../models/editorClient.ts';
import type { Recordings } from '../../models/recordings/recordings.ts';
import type { Clock, Environment, Log, Random, Secrets, Trust } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import { DEFAULT_THRESHOLDS } from '../../suites/cascadeConfig.ts';
import { caseCallsFor } from '../../suites/defaultEvaluators.ts';
import type { FileReference } from '../../suites/fileReference.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { SuiteConfig } from '../../suites/suiteConfig.ts';
import type { RunInputs } from '../execution/runInputs.ts';
import { caseOrder } from '../ordered/caseOrder.ts';
import { caseEvaluators } from './caseEvaluators.ts';
import { limitsOn } from './caseLimits.ts';
import { configuredSecrets } from './configuredSecrets.ts';
import { createTarget } from './createTarget.ts';
import { ensureMeasured } from './ensureMeasured.ts';
import { type JudgeCatalog, judgeCatalog, judgesAsTargets } from './judgeCatalog.ts';
import { makePlan } from './makePlan.ts';
import { storeDigest } from './planTarget.ts';
import { openModels, openRecordings, type RecordingChoice, stillClock, stillRandom } from './recordedRun.ts';
import { asInRun, storedTargets } from './rejudgedRun.ts';
import { scriptRunners } from './scriptRunners.ts';
import { settleCases } from './settleCases.ts';
import { warnOfUnmeasuredLimits } from './unmeasuredLimits.ts';

/** What a person may say differently for one run; undefined leaves the suite's own. */
export interface RunOverrides {
  filter?: RunFilter;
  repeat?: number;
  maxConcurrency?: number;
  seed?: number;
  /** The model of every prompt target, as `provider/model`. */
  model?: string;
  /** The model that judges in place of every other one, as `provider/model`. */
  judge?: string;
  /** Names of the targets that take part; all of them where absent. */
  targets?: string[];
  /** Paths of the suite's datasets that take part; all of them where absent. */
  datasets?: string[];
  /** Leave out evaluators of the stage `judge`. */
  withoutJudge?: boolean;
  /** Keep the replies of models and agents in a folder, or take them from there. */
  recordings?: RecordingChoice;
  /** Id of a stored run whose outputs are judged anew; no target is called. */
  rejudge?: string;
  /** Id of a stored run: where nothing has changed since, the results stand in place of those that it has. */
  partOf?: string;
  /** Absolute paths that are written when it has ended, e.g. reports: they are no part of what programs read. */
  writes?: string[];
}

export interface PreparePorts {
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
  trust: Trust;
  secrets?: Secrets;
  editorModels?: EditorModels;
  /** Holds the runs that can be judged anew. */
  store: RunStore;
  /** How datasets are opened, where it is not to be done in place. */
  openDataset?: typeof openDataset;
}

/** A run that is ready to begin. */
export interface PreparedRun {
  suite: SuiteConfig;
  inputs: RunInputs;
  /** Of its dataset, and of what it asks for in vain. */
  warnings: readonly Problem[];
  /** Where replies are kept or come from, with how many there were. */
  recordings?: Pick<Recordings, 'mode' | 'count' | 'replaced'>;
  /** Programs that it starts may read any file of the workspace: those of its targets, or its evaluators. */
  readsFiles: boolean;
  /** The workspace's files as its plan has them. */
  files?: FileList;
  /** Its token budgets, where the suite asks for them; to be set before it begins. */
  budgets?: TokenBudgets;
  /** Fetches the keys of its models. Throws ConfigError when one is missing. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends what was started for it: agents, workers. Idempotent. */
  close(): Promise<void>;
}

/** How a promptfoo configuration names its judge. */
const PROMPTFOO_JUDGE =
  'Name one as provider in defaultTest.options, in the options of the test or in the assertion, or use --judge provider/model.';

/** Limit for a pattern that linear time cannot run, and for a script, in milliseconds. */
const PATTERN_LIMIT_MS = 1_000;

/**
 * Opens datasets, creates targets and evaluators, and makes the plan: one run for each dataset of the suite.
 * Throws UserErrors for everything that is wrong with them; nothing has been called then.
 */
export async function prepareRuns(
  workspace: Workspace,
  suiteName: string,
  overrides: RunOverrides,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedRun[]> {
  const found = findSuite(workspace, suiteName);
  const stored = overrides.rejudge === undefined ? undefined : ports.store.getRun(overrides.rejudge);
  const chosen = override(stored ? asInRun(found, stored) : found, overrides);
  const suite = await settleCases(chosen, workspace.root, ports, signal);
  const prepared: PreparedRun[] = [];
  try {
    for (const reference of chooseDatasets(suite, overrides.datasets))
      prepared.push(await prepareRun(workspace, suite, reference, overrides, ports, signal));
  } catch (error) {
    await Promise.all(prepared.map((run) => run.close()));
    throw error;
  }
  return prepared;
}

async function prepareRun(
  workspace: Workspace,
  suite: SuiteConfig,
  reference: FileReference,
  overrides: RunOverrides,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { model, judge, rejudge } = overrides;
  const { providers } = workspace.config;
  const { root } = workspace;
  const dataset = suite.cases
    ? heldDataset(reference.path, suite.cases)
    : await (ports.openDataset ?? openDataset)(reference.absolute, { root, signal });
  const redactor = new Redactor(
    configuredSecrets(providers, [...suite.targets, ...judgesAsTargets(suite)], ports.environment),
  );
  const recordings =
    overrides.recordings && openRecordings(overrides.recordings, { random: ports.random, redactor });
  const clock = recordings?.mode === 'replay' ? stillClock(ports.clock) : undefined;
  const models = openModels(providers, { ...ports, ...learning(ports.secrets, redactor) }, recordings);
  const budgets = suite.tokenBudgets === 'adaptive' ? new TokenBudgets() : undefined;
  const runners = scriptRunners(root, ports);
  const targetPorts = {
    ...ports,
    ...(clock ? { clock } : {}),
    root,
    models,
    providers,
    model,
    recordings,
    redactor,
    runScript: runners.scripts?.run,
    ...(budgets ? { allowTokens: budgets.allowance } : {}),
  };
  const judges = judgeCatalog(suite, targetPorts, judge);
  const deps = evaluatorDeps(workspace, suite, { models, judges, runners }, ports, recordings);
  const evaluatorsFor = caseEvaluators({
    specs: suite.evaluators,
    takesPart: (spec, entry) => !suite.defaultEvaluators || caseCallsFor(spec.type, entry),
    withoutJudge: overrides.withoutJudge ?? false,
    deps,
  });
  const targets =
    rejudge === undefined
      ? suite.targets.map((target) => createTarget(target, suite, targetPorts))
      : storedTargets(ports.store, ports.store.getRun(rejudge), suite);
  const close = async (): Promise<void> => {
    judges.close();
    await Promise.all([
      ...targets.map(({ target }) => target.close()),
      deps.patterns.close(),
      deps.scripts?.close(),
      deps.python?.close(),
      deps.modules?.close(),
    ]);
  };
  if (suite.defaultEvaluators) await ensureMeasured(dataset, suite, evaluatorsFor, signal);
  const digest = storeDigest(ports.store, ports.random);
  const made = await makePlan(
    { workspace, suite, dataset, targets, readFile: deps.readFile, digest },
    signal,
  );
  const origin = {
    ...(clock ? { replay: true as const } : {}),
    ...(rejudge === undefined ? {} : { rejudge }),
  };
  const plan = {
    ...made,
    ...(model === undefined ? {} : { model }),
    ...(judge === undefined ? {} : { judge }),
    ...(Object.keys(origin).length > 0 ? { origin } : {}),
    ...leftOut(findSuite(workspace, suite.name), suite, overrides),
  };
  const order = caseOrder(suite);
  return {
    suite,
    inputs: {
      plan,
      source: dataset,
      targets,
      evaluatorsFor,
      cascadeFor: (entry, evaluators) => ({
        mode: suite.cascade.mode,
        thresholds: suite.cascade.thresholds,
        defaultThresholds: DEFAULT_THRESHOLDS,
        ...(suite.cascade.pass === undefined ? {} : { pass: suite.cascade.pass }),
        weights: suite.cascade.weights,
        rule: ruleFor(entry, suite),
        limits: limitsOn(
          entry,
          evaluators.map(({ spec }) => spec),
        ),
        ...scoringFor(entry, deps),
      }),
      auditShare: suite.cascade.audit,
      redactor,
      maxPrograms: suite.maxConcurrency,
      ...(order ? { order } : {}),
      ...(clock ? { clock } : {}),
    },
    readsFiles:
      (!clock && targets.some(({ target }) => target.readsFiles)) ||
      evaluatorsReadFiles(suite, dataset, ports.trust),
    warnings: [...dataset.warnings, ...(await warnOfUnmeasuredLimits(suite, dataset, signal))],
    ...(recordings ? { recordings } : {}),
    ...(budgets ? { budgets } : {}),
    async ready(signal) {
      await models.ready(signal);
      for (const { target } of targets) await target.ready?.(signal);
    },
    close,
  };
}

/** Keys that the editor gives out are unknown until then. */
function learning(secrets: Secrets | undefined, redactor: Redactor): { secrets?: Secrets } {
  if (!secrets) return {};
  return {
    secrets: {
      async get(request, signal) {
        const value = await secrets.get(request, signal);
        if (value !== null) redactor.learn([value]);
        return value;
      },
    },
  };
}

/** Scripts are no sandbox: what is imported stands in their hash, and what they read does not. */
function evaluatorsReadFiles(suite: SuiteConfig, dataset: Dataset, trust: Trust): boolean {
  const isScript = ({ type }: { type: string }) => type === 'python' || type === 'javascript';
  const inSet = suite.evaluators.some(({ options }) => JSON.stringify(options).includes('file://'));
  return trust.scripts && (suite.evaluators.some(isScript) || inSet || dataset.mentionsFiles);
}

function evaluatorDeps(
  workspace: Workspace,
  suite: SuiteConfig,
  {
    models,
    judges,
    runners,
  }: { models: KeyedCatalog; judges: JudgeCatalog; runners: ReturnType<typeof scriptRunners> },
  ports: PreparePorts,
  recordings: Recordings | undefined,
): EvaluatorDeps {
  return {
    models: judges,
    embeddings: models,
    embeddingsModel: suite.embeddingsModel,
    judgeModel: suite.judgeModel,
    ...(suite.cases ? { judgeHint: PROMPTFOO_JUDGE } : {}),
    patterns: createPatternMatcher({ timeoutMs: PATTERN_LIMIT_MS }),
    ...runners,
    // A judge must be asked the same question again to find its recorded answer.
    random: recordings ? stillRandom(ports.random) : ports.random,
    readFile: (file) => readWorkspaceFile(workspace, file),
  };
}

function readWorkspaceFile(workspace: Workspace, reference: string): string {
  return readText(resolveInside(workspace.root, reference, { path: workspace.configPath ?? '.' }));
}

/** What of the suite does not take part in this run. */
function leftOut(whole: SuiteConfig, suite: SuiteConfig, overrides: RunOverrides): Pick<RunPlan, 'leftOut'> {
  const names = new Set(suite.targets.map(({ name }) => name));
  const targets = whole.targets.map(({ name }) => name).filter((name) => !names.has(name));
  if (overrides.rejudge !== undefined || (targets.length === 0 && !overrides.withoutJudge)) return {};
  return {
    leftOut: {
      ...(targets.length > 0 ? { targets } : {}),
      ...(overrides.withoutJudge ? { judge: true } : {}),
    },
  };
}

function findSuite({ config, configPath }: Workspace, name: string): SuiteConfig {
  const suite = config.suites.find((candidate) => candidate.name === name);
  if (suite) return suite;
  throw new ConfigError(`there is no suite ${name}`, {
    ...(configPath === null ? {} : { where: { path: configPath } }),
    remedy: `Choose one of: ${config.suites.map((candidate) => candidate.name).join(', ') || '(none)'}`,
  });
}

function override(suite: SuiteConfig, overrides: RunOverrides): SuiteConfig {
  const ids = overrides.filter?.ids ?? suite.filter.ids;
  return {
    ...suite,
    targets: chooseTargets(suite, overrides.targets),
    filter: {
      names: overrides.filter?.names.length ? overrides.filter.names : suite.filter.names,
      tags: overrides.filter?.tags.length ? overrides.filter.tags : suite.filter.tags,
      ...(ids && ids.length > 0 ? { ids } : {}),
    },
    repeat: overrides.repeat ?? suite.repeat,
    maxConcurrency: overrides.maxConcurrency ?? suite.maxConcurrency,
    seed: overrides.seed ?? suite.seed,
    ...(overrides.judge === undefined ? {} : { judgeModel: overrides.judge }),
  };
}

function chooseTargets({ name, targets }: SuiteConfig, wanted: readonly string[] | undefined) {
  if (!wanted) return targets;
  const known = targets.map((target) => target.name);
  const unknown = wanted.filter((target) => !known.includes(target));
  if (unknown.length === 0 && wanted.length > 0) return targets.filter((t) => wanted.includes(t.name));
  throw new ConfigError(`the suite ${name} has no target ${unknown.join(', ')}`, {
    remedy: `Choose from: ${known.join(', ')}`,
  });
}

function chooseDatasets({ name, datasets }: SuiteConfig, wanted: readonly string[] | undefined) {
  const chosen = wanted ? datasets.filter(({ path }) => wanted.includes(path)) : datasets;
  if (chosen.length > 0) return chosen;
  throw new ConfigError(`the suite ${name} has no dataset ${wanted?.join(', ')}`, {
    remedy: `Choose from: ${datasets.map(({ path }) => path).join(', ')}`,
  });
}

/** The function of the case's own that makes its verdict, where it has one. */
function scoringFor(
  { assertScoringFunction: script }: GoldenCase,
  { scripts, modules }: EvaluatorDeps,
): { scoring?: CaseScoring } {
  if (!isWorkspaceScript(script)) return {};
  return { scoring: caseScoring(script, scripts && modules && { scripts, modules }) };
}

function ruleFor(
  entry: GoldenCase,
  suite: SuiteConfig,
): { kind: 'all' } | { kind: 'threshold'; min: number } {
  const min = entry.threshold ?? suite.threshold;
  return min === undefined ? { kind: 'all' } : { kind: 'threshold', min };
}
