import { type AnswerSources, SourceTally, sourceNotes, totalOf } from '../../model/answerSources.ts';
import type { CaseComparison, CaseSide } from '../../model/comparison.ts';
import { counted, formatCount } from '../../model/figures.ts';
import type { OpenedSide } from './storedSide.ts';

/** The side, whose results are counted by where they come from as they are read. */
export function countedSide(side: OpenedSide): { side: OpenedSide; sources(): AnswerSources | undefined } {
  let tally = new SourceTally();
  return {
    side: {
      ...side,
      *results() {
        tally = new SourceTally();
        for (const result of side.results()) {
          tally.add(result);
          yield result;
        }
      },
    },
    sources: () => tally.sources(),
  };
}

interface Sources {
  baseline: AnswerSources | undefined;
  candidate: AnswerSources | undefined;
}

/** For each side, which answers are not plain ones of its own; and how many are left where some do not count. */
export function sourcesNotes({ baseline, candidate }: Sources, cases: readonly CaseComparison[]): string[] {
  const notes = [
    ...sideNotes('Baseline', baseline, cases, (entry) => entry.baseline),
    ...sideNotes('Candidate', candidate, cases, (entry) => entry.candidate),
  ];
  const unscored = [baseline, candidate].some((one) => one && totalOf(one.fallbacks) > one.scored);
  if (!unscored) return notes;

  const measured = ['baseline', 'candidate'] as const;
  const sizes = measured.map((which) => {
    const { own, all } = sizeOf(cases.map((entry) => entry[which]));
    return `${formatCount(own)} of ${counted(all, 'trial')} on the ${which}'s side`;
  });
  return [...notes, `Answers of fallbacks are not compared: effective n is ${sizes.join(', ')}.`];
}

function sideNotes(
  name: string,
  sources: AnswerSources | undefined,
  cases: readonly CaseComparison[],
  of: (entry: CaseComparison) => CaseSide,
): string[] {
  return sourceNotes(sources, sizeOf(cases.map(of)).all).map((note) => `${name}: ${note}.`);
}

/** Trials that were planned, and those of them that were measured. */
function sizeOf(sides: readonly CaseSide[]): { own: number; all: number } {
  const all = sides.reduce((sum, { trials }) => sum + trials, 0);
  return { own: all - sides.reduce((sum, { unmeasured }) => sum + unmeasured, 0), all };
}
