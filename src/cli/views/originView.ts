import { counted } from '../../engine/model/figures.ts';
import type { RunPlan } from '../../engine/model/run.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import type { PreparedRun } from '../../engine/runs/preparation/preparedRun.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';

/** Says where outputs come from when this run did not call the targets, so that times and costs are not misread. */
export function originLines({ origin }: RunPlan, style: Style): string[] {
  return [
    ...(origin?.replay
      ? [style.dim('replay: nothing is called; replies, times and costs come from recordings')]
      : []),
    ...(origin?.rejudge === undefined
      ? []
      : [
          style.dim(
            `re-judged: outputs, times and costs of the targets come from run ${sanitizeLine(origin.rejudge)}`,
          ),
        ]),
  ];
}

/** A model that answered the same request differently within a case cannot be replayed exactly. */
function replacedLines({ replaced }: { replaced: number }, style: Style): string[] {
  if (replaced === 0) return [];
  return [
    style.red(
      `${counted(replaced, 'reply was', 'replies were')} overwritten by a later reply to the same request; a replay returns the last one`,
    ),
  ];
}

/** What a run recorded or replayed, and how many recordings it lacks. */
export function recordingLines(
  { recordings }: PreparedRun,
  { notRecorded = 0 }: RunReport,
  { folder, style }: { folder: string; style: Style },
): string[] {
  if (!recordings) return [];
  const replies = counted(recordings.count, 'reply', 'replies');
  const shown = sanitizeLine(folder);
  if (recordings.mode === 'record')
    return [`recorded ${replies} in ${shown}`, ...replacedLines(recordings, style)];
  const replayed = `replayed ${replies} from ${shown}${dayText(recordings)}`;
  if (notRecorded === 0) return [replayed];

  const trials = counted(notRecorded, 'trial has no recording', 'trials have no recording');
  return [
    replayed,
    `${style.red(trials)}, so the run fails; to record them: touchstone eval --record ${shown}`,
  ];
}

/** How old what is shown may be. */
function dayText({ count, days }: NonNullable<PreparedRun['recordings']>): string {
  if (count === 0) return '';
  if (!days) return ', some of them without a recording date';
  const { first, last } = days;
  return first === last ? `, recorded on ${first}` : `, recorded between ${first} and ${last}`;
}
