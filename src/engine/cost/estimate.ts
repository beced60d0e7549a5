import type { LocatedCase } from '../model/case.ts';
import { counted } from '../model/figures.ts';
import { Tokenizers } from '../models/tokens/tokenizer.ts';
import type { CallHistory, MeasuredInput } from './callHistory.ts';
import { estimateJudge, type JudgeEstimate, type JudgeModel } from './judgeEstimate.ts';
import { addRanges, NOTHING, type Range, scaleRange } from './range.ts';
import {
  type AskedModel,
  estimateAgent,
  estimatePrompt,
  InputTally,
  type TargetEstimate,
} from './targetEstimate.ts';

/** What a run will probably cost and how long it will take; nothing is called to find out. */
export interface RunEstimate {
  trials: number;
  targets: TargetEstimate[];
  judges: JudgeEstimate[];
  /** US dollars for the whole run; null when a part of it is unknown. */
  costUsd: Range | null;
  /** Wall time in milliseconds. */
  elapsedMs: Range;
  /** What the numbers rest on and what they leave out, in plain words. */
  notes: string[];
}

/** A run as the estimate sees it. */
export interface EstimatedRun {
  targets: readonly EstimatedTarget[];
  /** Cases in file order, those that take part only. */
  cases: AsyncIterable<LocatedCase>;
  /** How many there are. */
  caseCount: number;
  repeat: number;
  /** False when every evaluator always runs. */
  cascades: boolean;
  /** The judges that a case calls for. */
  judgesFor(located: LocatedCase): readonly JudgeModel[];
  history: CallHistory;
}

export interface EstimatedTarget {
  name: string;
  /** Nobody is asked, so nothing is paid. */
  free: boolean;
  /** Targets with the same lane share its places. */
  lane: string;
  concurrency: number;
  /** Of the target as it is now; what was measured of another one says nothing of its input. */
  hash?: string;
  asked?: AskedModel;
}

/** Requests of at most so many cases are counted, evenly spread; the rest is taken to be like them. */
const MOST_COUNTED = 1000;

export async function estimateRun(run: EstimatedRun, signal: AbortSignal): Promise<RunEstimate> {
  const { tallies, judges, countedCases } = await countCases(run, signal);
  const trials = run.caseCount * run.repeat;

  const targets = run.targets.map((target, index) => {
    const tally = tallies[index];
    const past = run.history.target(target.name, target.asked?.model);
    return tally && target.asked
      ? estimatePrompt(target.name, target.asked, trials, tally, past, measuredFor(run.history, target))
      : estimateAgent(target, trials, past);
  });

  const share = countedCases === 0 ? 0 : run.caseCount / countedCases;
  const judged = [...judges.values()].map(({ judge, cases }) => {
    const applies = Math.round(cases * share) * run.repeat * run.targets.length;
    return estimateJudge(judge, applies, run.cascades, run.history.judge(judge.name));
  });

  return {
    trials: trials * run.targets.length,
    targets,
    judges: judged,
    costUsd: totalCost([...targets, ...judged]),
    elapsedMs: elapsed(run, targets, judged),
    notes: notesOn(run, targets, judged, tallies, countedCases),
  };
}

function measuredFor(history: CallHistory, { name, hash }: EstimatedTarget): readonly MeasuredInput[] {
  return hash === undefined ? [] : history.measured(name, hash);
}

interface CountedCases {
  tallies: (InputTally | undefined)[];
  judges: Map<string, { judge: JudgeModel; cases: number }>;
  countedCases: number;
}

async function countCases(run: EstimatedRun, signal: AbortSignal): Promise<CountedCases> {
  const tokenizers = new Tokenizers();
  const tallies: (InputTally | undefined)[] = [];
  for (const { asked } of run.targets)
    tallies.push(asked && new InputTally(asked, await tokenizers.forModel(asked.model)));

  const judges: CountedCases['judges'] = new Map();
  const step = Math.ceil(run.caseCount / MOST_COUNTED);
  let position = 0;
  let countedCases = 0;

  for await (const located of run.cases) {
    signal.throwIfAborted();
    position += 1;
    if ((position - 1) % step !== 0) continue;

    countedCases += 1;
    for (const tally of tallies) tally?.add(located.case);

    for (const judge of run.judgesFor(located)) {
      const known = judges.get(judge.name) ?? { judge, cases: 0 };
      known.cases += 1;
      judges.set(judge.name, known);
    }
  }

  return { tallies, judges, countedCases };
}

function totalCost(parts: readonly { costUsd: Range | null }[]): Range | null {
  const known = parts.flatMap(({ costUsd }) => costUsd ?? []);
  return known.length === parts.length ? addRanges(...known) : null;
}

/** Lanes run side by side, each with its places; a trial keeps its place until its judges are done. */
function elapsed(
  run: EstimatedRun,
  targets: readonly TargetEstimate[],
  judges: readonly JudgeEstimate[],
): Range {
  const judging = scaleRange(
    addRanges(...judges.map(({ latencyMs }) => latencyMs)),
    1 / Math.max(1, targets.length),
  );

  const lanes = new Map<string, { work: Range; places: number }>();
  for (const [index, { lane, concurrency }] of run.targets.entries()) {
    const known = lanes.get(lane) ?? { work: NOTHING, places: concurrency };
    const work = addRanges(known.work, targets[index]?.latencyMs ?? NOTHING, judging);
    lanes.set(lane, { work, places: Math.min(known.places, concurrency) });
  }

  let longest = NOTHING;
  for (const { work, places } of lanes.values()) {
    const wall = scaleRange(work, 1 / places);
    longest = {
      low: Math.max(longest.low, wall.low),
      likely: Math.max(longest.likely, wall.likely),
      high: Math.max(longest.high, wall.high),
    };
  }

  return longest;
}

function notesOn(
  run: EstimatedRun,
  targets: readonly TargetEstimate[],
  judges: readonly JudgeEstimate[],
  tallies: readonly (InputTally | undefined)[],
  countedCases: number,
): string[] {
  const unpriced = [
    ...run.targets.flatMap(({ asked }) => (asked && asked.price === undefined ? [asked.reference] : [])),
    ...judges.flatMap(({ model, costUsd }) => (costUsd === null && model !== null ? [model] : [])),
  ];

  const guessed = [
    ...targets
      .filter(({ history, costUsd }) => history === 0 && costUsd?.high !== 0)
      .map(({ target }) => target),
    ...judges.filter(({ history, calls }) => history === 0 && calls.high > 0).map(({ judge }) => judge),
  ];

  const agents = targets.filter(({ model, costUsd }) => model === null && costUsd === null);
  const images = tallies.reduce((sum, tally) => sum + (tally?.images ?? 0), 0);
  const unusable = tallies.reduce((sum, tally) => sum + (tally?.unusable ?? 0), 0);

  return [
    ...[...new Set(unpriced)].map(
      (model) => `the price of ${model} is unknown: set it under providers in touchstone.yaml`,
    ),
    ...agents.map(({ target }) => `the cost of ${target} is unknown: no past run of this suite reports it`),
    ...(guessed.length > 0
      ? [`no past run shows how long the answers of ${guessed.join(', ')} are: a wide default is used`]
      : []),
    ...(countedCases < run.caseCount
      ? [
          `${countedCases.toLocaleString('en-US')} of ${counted(run.caseCount, 'case')} were counted, evenly spread`,
        ]
      : []),
    ...(images > 0 ? [`${counted(images, 'image is', 'images are')} not counted`] : []),
    ...(unusable > 0
      ? [
          `${counted(unusable, 'request')} cannot be made, for example because a variable is missing, and ${unusable === 1 ? 'is' : 'are'} left out`,
        ]
      : []),
  ];
}
