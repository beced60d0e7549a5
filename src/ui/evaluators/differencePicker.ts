import * as vscode from 'vscode';
import { formatScore } from '../../engine/model/figures.ts';
import type { EvaluatorDifferenceEntry } from '../../protocol/evaluatorCalls.ts';
import { type JudgementPair, openAllJudgements, openJudgements } from './studyDocuments.ts';

export interface Differences {
  runId: string;
  first: string;
  second: string;
  /** The run that holds the second judgements, where it is another one. */
  again?: string;
  /** The most different first. */
  differences: readonly EvaluatorDifferenceEntry[];
  /** All of them, where not all are in the list. */
  count: number;
}

/** Most outputs opened at once. */
const MOST_AT_ONCE = 50;

/** A list of the outputs on which two evaluators differ; one, or the first of them together, opens side by side. */
export async function showDifferences(given: Differences): Promise<void> {
  const { first, second, differences, count } = given;
  const title = vscode.l10n.t('Outputs on which {0} and {1} differ ({2})', first, second, count);
  const several = differences.slice(0, MOST_AT_ONCE);
  const all = {
    label:
      several.length === count
        ? vscode.l10n.t('$(diff-multiple) All side by side')
        : vscode.l10n.t('$(diff-multiple) The first {0} side by side', several.length),
    pairs: several,
  };
  const single = differences.map((at) => ({
    label: at.caseId,
    description: `${side(at.first)} ↔ ${side(at.second)} · ${at.target}`,
    detail: `${at.first.reason} ↔ ${at.second.reason}`.replace(/\s+/g, ' ').slice(0, 300),
    pairs: [at],
  }));
  const chosen = await vscode.window.showQuickPick(several.length > 1 ? [all, ...single] : single, {
    title,
    placeHolder: vscode.l10n.t('Open both judgements side by side'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const [one, ...more] = (chosen?.pairs ?? []).map((at) => pairOf(given, at));
  if (one) await (more.length === 0 ? openJudgements(one) : openAllJudgements(title, [one, ...more]));
}

function pairOf(
  { runId, first, second, again }: Differences,
  { target, caseId, trial }: EvaluatorDifferenceEntry,
): JudgementPair {
  const address = { target, caseId, trial };
  return {
    caseId,
    first: { ...address, runId, evaluator: first },
    second: { ...address, runId: again ?? runId, evaluator: second },
  };
}

function side({ score, pass }: EvaluatorDifferenceEntry['first']): string {
  return `${pass ? '✓' : '✗'} ${formatScore(score)}`;
}
