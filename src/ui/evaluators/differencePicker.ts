import * as vscode from 'vscode';
import type { EvaluatorDifferenceEntry } from '../../protocol/evaluatorCalls.ts';
import { openJudgements } from './studyDocuments.ts';

export interface Differences {
  runId: string;
  first: string;
  second: string;
  /** The run that holds the second judgements, where it is another one. */
  again?: string;
  differences: readonly EvaluatorDifferenceEntry[];
  /** All of them, where not all are in the list. */
  count: number;
  failed(error: unknown): void;
}

/** A list of the outputs on which two evaluators differ; each opens side by side, and the list stays for the next. */
export function showDifferences(given: Differences): void {
  const { first, second, differences, count } = given;
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { at: EvaluatorDifferenceEntry }>();
  list.title =
    count === differences.length
      ? vscode.l10n.t('{0} outputs on which {1} and {2} differ', count, first, second)
      : vscode.l10n.t(
          'The first {0} of {1} outputs on which {2} and {3} differ',
          differences.length,
          count,
          first,
          second,
        );
  list.placeholder = vscode.l10n.t('Open both judgements side by side');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.ignoreFocusOut = true;
  list.items = differences.map((at) => ({
    label: at.caseId,
    description: `${side(at.first)} ↔ ${side(at.second)} · ${at.target}`,
    detail: `${at.first.reason} ↔ ${at.second.reason}`.replace(/\s+/g, ' ').slice(0, 300),
    at,
  }));
  list.onDidAccept(() => {
    const [chosen] = list.activeItems;
    if (chosen) openBoth(given, chosen.at).catch(given.failed);
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

async function openBoth({ runId, first, second, again }: Differences, at: EvaluatorDifferenceEntry) {
  const { target, caseId, trial } = at;
  const address = { target, caseId, trial };
  await openJudgements(
    caseId,
    { ...address, runId, evaluator: first },
    { ...address, runId: again ?? runId, evaluator: second },
  );
}

function side({ score, pass }: EvaluatorDifferenceEntry['first']): string {
  return `${pass ? '✓' : '✗'} ${score.toFixed(2)}`;
}
