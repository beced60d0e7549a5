import { counted, formatCount } from './figures.ts';
import { type ReplySource, sourceName, standsIn } from './replySource.ts';
import type { TrialResult } from './result.ts';

/** How many answers by what gave them: `cache`, `openai/gpt-5-mini`; the most frequent first. */
export type CountsByName = { name: string; count: number }[];

/** How many answers of a run were not plain, fresh ones of the target's own. */
export interface AnswerSources {
  /** Answers of fallbacks. */
  fallbacks: CountsByName;
  /** How many of them were scored as the target's own. */
  scored: number;
  /** The target's own earlier answers, where the cache was asked first. */
  cached: number;
  /** The target's own answers that took more than one call. */
  retried: number;
  /** Verdicts of judges that another model gave in their place. */
  judgeFallbacks: CountsByName;
  /** Earlier verdicts of judges to the same request. */
  judgesCached: number;
}

/** Adds up where answers come from. */
export class SourceTally {
  readonly #fallbacks = new Map<string, number>();
  readonly #judges = new Map<string, number>();
  #scored = 0;
  #cached = 0;
  #retried = 0;
  #judgesCached = 0;

  add({ output, status, evaluations }: TrialResult): void {
    for (const evaluation of evaluations)
      if (evaluation.status !== 'skipped' && evaluation.source) this.#addJudge(evaluation.source);
    if (output.status !== 'complete') return;

    const { source, attempts = 1 } = output;
    if (standsIn(source)) {
      count(this.#fallbacks, sourceName(source));
      if (status !== 'errored') this.#scored += 1;
    } else if (source) this.#cached += 1;
    else if (attempts > 1) this.#retried += 1;
  }

  /** Undefined where every answer was plain and fresh. */
  sources(): AnswerSources | undefined {
    const marked = this.#cached + this.#retried + this.#judgesCached;
    if (this.#fallbacks.size + this.#judges.size + marked === 0) return undefined;
    return {
      fallbacks: byCount(this.#fallbacks),
      scored: this.#scored,
      cached: this.#cached,
      retried: this.#retried,
      judgeFallbacks: byCount(this.#judges),
      judgesCached: this.#judgesCached,
    };
  }

  #addJudge(source: ReplySource): void {
    if (source.kind === 'cache') this.#judgesCached += 1;
    else count(this.#judges, sourceName(source));
  }
}

/**
 * `12 of 200 answers came from fallbacks: 8 cache, 4 openai/gpt-5-mini; they are not scored`, and the like: a sentence for
 * each kind, without a full stop.
 */
export function sourceNotes(sources: AnswerSources | undefined, trials: number): string[] {
  if (!sources) return [];
  const { fallbacks, scored, cached, retried, judgeFallbacks, judgesCached } = sources;
  const answers = counted(trials, 'answer');
  const all = totalOf(fallbacks);
  const judged = counted(totalOf(judgeFallbacks), "judge's verdict", 'verdicts of judges');
  const notes: [number, string][] = [
    [
      all,
      `${formatCount(all)} of ${answers} came from fallbacks: ${namesOf(fallbacks)}; ${scoredText(all, scored)}`,
    ],
    [cached, `${formatCount(cached)} of ${answers} came from the cache, which was asked first`],
    [retried, `${formatCount(retried)} of ${answers} took more than one call`],
    [
      judgeFallbacks.length,
      `${judged} came from fallbacks: ${namesOf(judgeFallbacks)}; they say nothing about the judges' health`,
    ],
    [judgesCached, `${counted(judgesCached, "judge's verdict", 'verdicts of judges')} came from the cache`],
  ];

  return notes.filter(([number]) => number > 0).map(([, note]) => note);
}

/** Answers that say nothing of the target: fallbacks gave them, and they are not scored as its own. */
export function unscoredFallbacks(sources: AnswerSources | undefined): number {
  return sources ? totalOf(sources.fallbacks) - sources.scored : 0;
}

/** `8 cache, 4 openai/gpt-5-mini` */
export function namesOf(counts: CountsByName): string {
  return counts.map(({ name, count: number }) => `${formatCount(number)} ${name}`).join(', ');
}

export function totalOf(counts: CountsByName): number {
  return counts.reduce((sum, { count: number }) => sum + number, 0);
}

/** Those that are not scored are holes, as errors are. */
function scoredText(all: number, scored: number): string {
  if (scored === 0) return all === 1 ? 'it is not scored' : 'they are not scored';
  if (scored === all) return "scored as the target's own";
  return `${formatCount(scored)} of them scored as the target's own`;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function byCount(counts: ReadonlyMap<string, number>): CountsByName {
  return [...counts]
    .map(([name, number]) => ({ name, count: number }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
