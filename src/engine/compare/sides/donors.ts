import { changedAt, changedPaths, type FileList, isLog } from '../../files/fileList.ts';
import type { PlanTarget, RunRecord } from '../../model/run.ts';
import type { PreparedRun } from '../../runs/preparation/preparedRun.ts';
import { environmentChanges, fewNames } from '../../runs/targetChanges.ts';
import { filesOf } from '../../runs/workspaceFiles.ts';
import type { RunStore } from '../../store/runStore.ts';

/** Earlier runs that are looked through. */
const MAX_RUNS = 200;

/** What a program still writes when its run has ended, in milliseconds. */
const AFTERMATH_MS = 1_000;

/** A target of the plan whose earlier results may stand in. */
export interface Reusable {
  target: string;
  /** `files unchanged`: a program, whose hash does not see the data that it reads. */
  when: 'always' | 'files unchanged';
}

export interface ReuseOptions {
  targets: readonly Reusable[];
  store: RunStore;
  /** The new run, which has no result yet. */
  runId: string;
  run: PreparedRun;
  /** Files whose content stands in other hashes of the plan. */
  hashed: ReadonlySet<string>;
  /** Its evaluators run programs, which may read any file of the workspace. */
  evaluatorsReadFiles: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  signal: AbortSignal;
}

/** An earlier run that has the very target, and how it calls it. */
export interface Donor {
  run: RunRecord;
  name: string;
}

/**
 * Finds earlier runs whose results are those of today: the same target with the same environment, the same evaluators
 * with what they load, the same seed, and where programs may read files, the same files. In doubt they are not.
 */
export class Donors {
  readonly #options: ReuseOptions;
  /** Newest first. */
  readonly #earlier: readonly RunRecord[];
  /** When any run was at work: milliseconds since the epoch. */
  readonly #worked: readonly { from: number; to: number }[];
  /** What differs from the files of today, by fingerprint; undefined where that is not known. */
  readonly #changed = new Map<string, string[] | undefined>();

  constructor(options: ReuseOptions) {
    const { store, runId, run } = options;
    const { plan } = run.inputs;
    this.#options = options;

    const runs = store.listRuns(MAX_RUNS);
    this.#worked = runs.map(({ createdAt, seenAt }) => ({
      from: createdAt,
      to: (seenAt ?? createdAt) + AFTERMATH_MS,
    }));

    this.#earlier = runs.filter(
      (earlier) =>
        earlier.id !== runId &&
        earlier.plan.seed === plan.seed &&
        // What a recording answered, and what was judged without judges, is not what a run of today would give.
        earlier.plan.origin === undefined &&
        earlier.plan.leftOut?.judge === plan.leftOut?.judge,
    );
  }

  /** Runs that fit, newest first; `refused` says why the newest one that nearly does was left out. */
  of(reusable: Reusable): { fit: Donor[]; refused?: string } {
    const { plan } = this.#options.run.inputs;
    const wanted = plan.targets.find(({ name }) => name === reusable.target);
    const fit: Donor[] = [];
    if (!wanted) return { fit };

    let refused: string | undefined;
    for (const run of this.#earlier) {
      const same = run.plan.targets.filter(({ hash }) => hash === wanted.hash);
      const reasons = same.map((target) => ({ target, why: this.#reasons(run, target, wanted, reusable) }));

      const fitting = reasons.find(({ why }) => why.length === 0);
      if (fitting) fit.push({ run, name: fitting.target.name });
      const [first] = reasons;
      if (!fitting && first)
        refused ??= `${reusable.target}: results of run ${run.id} were not reused: ${first.why.join('; ')}.`;
    }

    refused ??= this.#changedProgram(reusable);

    return refused === undefined ? { fit } : { fit, refused };
  }

  /** Of a program that was edited, which files were. */
  #changedProgram({ target, when }: Reusable): string | undefined {
    if (when === 'always') return undefined;
    const before = this.#earlier.find(({ plan }) =>
      plan.targets.some(({ name }) => ownName(name) === ownName(target)),
    );
    const changed = (before && this.#changedSince(before)) ?? [];
    if (!before || changed.length === 0) return undefined;
    return `${target}: results of run ${before.id} were not reused: ${fewNames(changed)} changed.`;
  }

  #reasons(run: RunRecord, before: PlanTarget, wanted: PlanTarget, { when }: Reusable): string[] {
    const { plan } = this.#options.run.inputs;
    const reasons = environmentChanges(before, wanted);
    if (run.plan.evaluatorsHash !== plan.evaluatorsHash) {
      const changed = this.#changedSince(run)?.filter((name) => !this.#options.hashed.has(name)) ?? [];
      const names = changed.length > 0 ? ` (${fewNames(changed)} changed)` : '';
      return [...reasons, `the evaluators or what they load are different now${names}`];
    }
    if (when === 'files unchanged') return [...reasons, ...this.#fileReasons(run, new Set())];
    // Its own files are those of a commit, or all in its hash.
    return this.#options.evaluatorsReadFiles
      ? [...reasons, ...this.#fileReasons(run, this.#options.hashed)]
      : reasons;
  }

  #fileReasons(run: RunRecord, except: ReadonlySet<string>): string[] {
    const changed = this.#changedSince(run);
    if (!changed) return ['it is not known which files it was run with'];
    const counting = changed.filter((name) => !except.has(name));
    return counting.length === 0 ? [] : [`${fewNames(counting)} changed`];
  }

  #changedSince({ plan: { files } }: RunRecord): string[] | undefined {
    const { store, run } = this.#options;
    if (files === undefined || !run.files) return undefined;
    if (files === run.files.fingerprint) return [];
    if (!this.#changed.has(files))
      this.#changed.set(files, this.#differences(filesOf(store, { files }), run.files));
    return this.#changed.get(files);
  }

  /** A log that was last written while a run was at work is its programs' own. */
  #differences(before: FileList | undefined, after: FileList): string[] | undefined {
    return (
      before &&
      changedPaths(before, after).filter((name) => {
        const file = isLog(name) ? after.files.get(name) : undefined;
        if (!file) return true;
        const at = changedAt(file);
        return !this.#worked.some(({ from, to }) => from <= at && at <= to);
      })
    );
  }
}

/** Without what a comparison says behind it: `agent @ HEAD`. */
function ownName(target: string): string {
  return target.replace(/ @ .*$| \(again\)$/, '');
}
