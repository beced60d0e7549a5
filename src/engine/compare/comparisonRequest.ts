import { UsageError } from '../errors.ts';
import { defined } from '../model/defined.ts';
import { findSuite } from '../runs/preparation/findSuite.ts';
import type { RunOverrides } from '../runs/preparation/runOverrides.ts';
import type { RunStore } from '../store/runStore.ts';
import type { SuiteConfig } from '../suites/config/suiteConfig.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import { readSide, type SideReference, sideLabel } from './sides/sideReference.ts';

/** What a person asks to compare. */
export interface ComparisonRequest {
  /** May be left out where the workspace has one suite, or both sides are stored runs. */
  suite?: string;
  baseline: string;
  /** Default: the files as they are; for a target of a suite with two, the other one. */
  candidate?: string;
  /** Only this target of the suite, on both sides. */
  target?: string;
  /** Targets are named by `target` alone; the list of a run means nothing here. */
  overrides: RunOverrides;
}

export interface NamedSide {
  reference: SideReference;
  /** What it is called, in names and headings. */
  label: string;
}

/** What is to be compared, found: two sides over the cases of a suite, judged by its evaluators. */
export interface ComparedSides {
  suite: SuiteConfig;
  baseline: NamedSide;
  candidate: NamedSide;
  /** Only this target of the suite, on both sides. */
  target?: string;
  overrides: RunOverrides;
}

/** By names, or found already. */
export type AskedComparison = ComparisonRequest | ComparedSides;

/** Two stored runs: nothing is to be run. */
export interface StoredRuns {
  before: string;
  after: string;
}

/** Finds what the names stand for. Throws UserErrors. */
export function readRequest(
  workspace: Workspace,
  request: ComparisonRequest,
  store: RunStore,
): ComparedSides | StoredRuns {
  const suite = suiteOf(workspace, request, store);
  const surroundings = {
    suite,
    providers: Object.keys(workspace.config.providers),
    isRun: (id: string) => suiteOfRun(store, id) !== undefined,
  };

  const baseline = readSide(request.baseline, surroundings);
  const candidate =
    request.candidate === undefined ? otherSide(baseline, suite) : readSide(request.candidate, surroundings);

  if (baseline.kind === 'run' && candidate.kind === 'run')
    return { before: baseline.id, after: candidate.id };
  if (!suite) throw noSuite(workspace);

  return {
    suite,
    baseline: { reference: baseline, label: sideLabel(baseline) },
    candidate: { reference: candidate, label: sideLabel(candidate) },
    overrides: request.overrides,
    ...defined({ target: request.target }),
  };
}

/** The suite that is named, or that of a run that is one of the sides, or the only one. */
function suiteOf(workspace: Workspace, request: ComparisonRequest, store: RunStore): SuiteConfig | undefined {
  if (request.suite !== undefined) return findSuite(workspace, request.suite);
  const { suites } = workspace.config;
  const runs = [request.baseline, request.candidate ?? ''].map((text) => text.replace(/^run:/, ''));
  const [ofRun] = runs.flatMap((id) => suiteOfRun(store, id) ?? []);
  return ofRun === undefined ? onlySuite(suites, request) : suites.find(({ name }) => name === ofRun);
}

/** The only one, or the only one with a target of that name. */
function onlySuite(suites: readonly SuiteConfig[], request: ComparisonRequest): SuiteConfig | undefined {
  if (suites.length === 1) return suites[0];
  const named = [request.baseline, request.candidate, request.target].map((text) =>
    text?.replace(/^target:/, ''),
  );
  const having = suites.filter(({ targets }) => targets.some(({ name }) => named.includes(name)));
  return having.length === 1 ? having[0] : undefined;
}

/** Undefined when there is no such run. */
function suiteOfRun(store: RunStore, id: string): string | undefined {
  return store.lookUp(id)?.plan.suite;
}

function otherSide(
  baseline: ReturnType<typeof readSide>,
  suite: SuiteConfig | undefined,
): ReturnType<typeof readSide> {
  if (baseline.kind !== 'target') return { kind: 'workspace' };
  const others = suite?.targets.filter(({ name }) => name !== baseline.name) ?? [];
  const [other] = others;
  if (other && others.length === 1) return { kind: 'target', name: other.name };

  throw new UsageError(`it is not clear what ${baseline.name} is to be compared with`, {
    remedy: 'Name the other side with --candidate.',
  });
}

function noSuite({ config }: Workspace): UsageError {
  const names = config.suites.map(({ name }) => name);
  return new UsageError('it is not clear which suite to compare', {
    remedy:
      names.length === 0
        ? 'Write a suite first: touchstone init'
        : `Name it with --suite: ${names.join(', ')}`,
  });
}
