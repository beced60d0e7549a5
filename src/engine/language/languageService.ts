import type { Problem } from '../model/problem.ts';
import { type CheckOptions, checkFile } from './checkFile.ts';
import { datasetFixes } from './fixes/datasetFixes.ts';
import { type Fix, meets, type Selection } from './fixes/fix.ts';
import { fixesOf } from './fixes/problemFixes.ts';
import type { LanguageFile } from './languageFile.ts';

/** Fixes in one answer; more would fill no menu. */
const MAX_FIXES = 40;

/** Problems of files and their fixes, cached until a file changes. */
export class LanguageService {
  readonly #check: typeof checkFile;
  readonly #datasetFixes: typeof datasetFixes;
  /** Of checks that are done or under way. */
  readonly #problems = new WeakMap<LanguageFile, Promise<readonly Problem[]>>();

  /** Both may do their work elsewhere. */
  constructor(
    work: { check: typeof checkFile; datasetFixes: typeof datasetFixes } = { check: checkFile, datasetFixes },
  ) {
    this.#check = work.check;
    this.#datasetFixes = work.datasetFixes;
  }

  problems(file: LanguageFile, options: CheckOptions): Promise<readonly Problem[]> {
    const known = this.#problems.get(file);
    if (known) return known;
    const problems = this.#check(file, options);
    // A configuration's problems also come from the files that it names, which may change at any time.
    if (file.kind === 'config' || file.kind === 'foreign') return problems;
    this.#problems.set(file, problems);
    problems.catch(() => this.#problems.delete(file));
    return problems;
  }

  /** What can be mended or raised where a selection is. Changes nothing. */
  async fixes(
    file: LanguageFile,
    selection: Selection,
    options: CheckOptions & { git: boolean },
  ): Promise<Fix[]> {
    const problems = await this.problems(file, options);
    const here = problems.filter(
      (problem) => problem.location.path === file.path && meets(problem, selection),
    );
    const fixes = here.flatMap((problem) => fixesOf(file, problem));
    return [...fixes, ...(await this.#datasetFixes(file, selection, options))].slice(0, MAX_FIXES);
  }
}
