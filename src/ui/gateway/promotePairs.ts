import * as vscode from 'vscode';
import type { ShadowPairs } from '../../protocol/gatewayCalls.ts';
import { addDrafts } from '../datasets/addDrafts.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';

/** Makes cases of the pairs of a shadow: which ones, and whose answer is the expected one, the person chooses. Throws PlainError. */
export async function promotePairs(
  runId: string,
  ports: { engine: EngineClient; preview: EditPreview },
): Promise<void> {
  const { t } = vscode.l10n;
  const only = await pickPairs();
  if (only === undefined) return;
  const answers = await pickAnswers();
  if (answers === undefined) return;

  const { cases, notKept } = await ports.engine.call('shadow/pairs', { runId, only, answers });
  const left = notKept > 0 ? [t('Left out, since their requests were not kept: {0}.', notKept)] : [];
  if (cases.length === 0) throw new PlainError([t('There are no such pairs.'), ...left].join(' '));
  const titleOf = (count: string) => t('Add {0} from live requests', count);
  await addDrafts(cases, { left, titleOf }, ports);
}

async function pickPairs(): Promise<ShadowPairs['only'] | undefined> {
  const { t } = vscode.l10n;
  const items: { label: string; only: ShadowPairs['only'] }[] = [
    { label: t('All pairs'), only: 'all' },
    { label: t('Pairs whose verdict changed'), only: 'changed' },
    { label: t('Pairs in which the shadow is worse'), only: 'worse' },
    { label: t('Pairs in which the shadow is better'), only: 'better' },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: t('Which pairs become cases?') }))?.only;
}

async function pickAnswers(): Promise<ShadowPairs['answers'] | undefined> {
  const { t } = vscode.l10n;
  const items: { label: string; description: string; answers: ShadowPairs['answers'] }[] = [
    { label: t('None'), description: t('only what was asked'), answers: 'none' },
    { label: t('The answer that the client got'), description: '', answers: 'primary' },
    { label: t('The answer of the shadow'), description: '', answers: 'candidate' },
  ];
  const placeHolder = t('Whose answer is the expected one?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.answers;
}
