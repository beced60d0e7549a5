import { counted, formatCount } from '../../engine/model/figures.ts';
import type { RunHead } from './entries.ts';

export interface Verdict {
  kind: 'running' | 'interrupted' | 'empty' | 'compared' | 'passed' | 'failed';
  /** In plain words, e.g. `Gate failed`. */
  words: string;
  /** The counts behind it. */
  counts: string;
}

/** The verdict on a run. A run without results never passes, whatever the host says. */
export function verdictOf({ run, passed, gate, summary }: RunHead): Verdict {
  const { total, missing } = summary;
  const counts = [
    `${formatCount(total.passed)} passed`,
    `${formatCount(total.failed)} failed`,
    `${formatCount(total.errored)} errored`,
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
  ].join(', ');
  const progress = `${formatCount(total.trials)} of ${counted(run.trials, 'result')}`;
  if (run.state === 'running') return { kind: 'running', words: `Running: ${progress}`, counts };
  if (run.state === 'interrupted') {
    return { kind: 'interrupted', words: `Interrupted: ${progress}; the verdict is not final`, counts };
  }
  if (total.trials === 0) return { kind: 'empty', words: 'No results', counts };
  if (run.comparison) {
    const { baseline, candidate } = run.comparison;
    return {
      kind: 'compared',
      words: `Comparison of ${baseline} and ${candidate}, both sides together`,
      counts,
    };
  }
  if (gate)
    return { kind: passed ? 'passed' : 'failed', words: `Gate ${passed ? 'passed' : 'failed'}`, counts };
  if (run.filter.ids) {
    return passed
      ? { kind: 'passed', words: 'All selected cases passed', counts }
      : { kind: 'failed', words: 'Not all selected cases passed', counts };
  }
  return passed
    ? { kind: 'passed', words: 'All cases passed', counts }
    : { kind: 'failed', words: 'Not all cases passed', counts };
}
