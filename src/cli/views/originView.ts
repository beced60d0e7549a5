import type { RunPlan } from '../../engine/model/run.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import type { PreparedRun } from '../../engine/runs/preparation/preparedRun.ts';
import { formatCount } from '../terminal/format.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** Says that outputs were not called for in this run, so that times and costs are read rightly. */
export function originLines({ origin }: RunPlan, style: Style): string[] {
  return [
    ...(origin?.replay
      ? [style.dim('replay: recordings answer, nothing is called; times and costs are the recorded ones')]
      : []),
    ...(origin?.rejudge === undefined
      ? []
      : [
          style.dim(
            `judged anew: outputs, times and costs of the targets are those of run ${sanitizeLine(origin.rejudge)}`,
          ),
        ]),
  ];
}

/** A model that answers one question differently within a case cannot be replayed as it was. */
function replacedLines({ replaced }: { replaced: number }, style: Style): string[] {
  if (replaced === 0) return [];
  const what = replaced === 1 ? 'reply was' : 'replies were';
  return [
    style.red(
      `${formatCount(replaced)} ${what} overwritten by another one to the same request; a replay gives the last one`,
    ),
  ];
}

/** What a run wrote to or read from recordings, and which ones it lacks. */
export function recordingLines(
  { recordings }: PreparedRun,
  { notRecorded = 0 }: RunReport,
  { folder, style }: { folder: string; style: Style },
): string[] {
  if (!recordings) return [];
  const replies = `${formatCount(recordings.count)} ${recordings.count === 1 ? 'reply' : 'replies'}`;
  const shown = sanitizeLine(folder);
  if (recordings.mode === 'record')
    return [`recorded ${replies} in ${shown}`, ...replacedLines(recordings, style)];
  const replayed = `replayed ${replies} from ${shown}${dayText(recordings)}`;
  if (notRecorded === 0) return [replayed];
  const trials = `${formatCount(notRecorded)} ${notRecorded === 1 ? 'trial lacks its recording' : 'trials lack their recordings'}`;
  return [
    replayed,
    `${style.red(trials)}, so the run fails; record them with: touchstone eval --record ${shown}`,
  ];
}

/** How old what is shown may be. */
function dayText({ count, days }: NonNullable<PreparedRun['recordings']>): string {
  if (count === 0) return '';
  if (!days) return ', at least one of them without the date of its recording';
  const { first, last } = days;
  return first === last ? `, recorded on ${first}` : `, recorded between ${first} and ${last}`;
}
