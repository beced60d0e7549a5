import * as vscode from 'vscode';
import type { CaseDraft, CaseLeak } from '../../protocol/traceCalls.ts';
import { caseCount } from '../counts.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { pickDataset } from './datasetPicker.ts';
import type { EditPreview } from './editPreview.ts';

/** A case that is proposed, and each secret or personal value in it once. */
export interface ProposedCase {
  case: CaseDraft;
  findings: readonly CaseLeak[];
}

interface LeakItem extends vscode.QuickPickItem {
  leak: CaseLeak;
}

/**
 * Adds proposed cases to the dataset that the person picks. Secrets and personal data in them are shown before anything is written,
 * and then the edit of the dataset, which the person applies. `left`: what is not among them, and why. `titleOf`: of the edit, by how
 * many cases are added.
 */
export async function addDrafts(
  cases: readonly ProposedCase[],
  { left, titleOf }: { left: readonly string[]; titleOf(cases: string): string },
  { engine, preview }: { engine: EngineClient; preview: EditPreview },
): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Add {0} to Dataset', caseCount(cases.length));
  const file = await pickDataset(engine, title);
  if (file === undefined) return;
  const redact = await chooseRedacted(
    cases.flatMap(({ findings }) => findings),
    title,
  );
  if (!redact) return;

  const drafts = cases.map((one) => one.case);
  const shown = await preview.show(vscode.Uri.file(file), async (text) => {
    const { added, duplicates, edits } = await engine.call('traces/addCases', {
      ...{ path: file, text, redact },
      cases: drafts,
    });
    const reasons = [
      ...(duplicates.length > 0 ? [t('Already there, by input: {0}.', duplicates.join(', '))] : []),
      ...left,
    ];
    return {
      edits,
      title: titleOf(caseCount(added)),
      ...(reasons.length > 0 ? { reason: reasons.join(' ') } : {}),
    };
  });
  if (!shown)
    void vscode.window.showInformationMessage(t('The dataset contains cases with these inputs already.'));
}

/** The values that are replaced before anything is written; undefined where the person thought better of it. */
async function chooseRedacted(found: readonly CaseLeak[], title: string): Promise<CaseLeak[] | undefined> {
  if (found.length === 0) return [];
  const { t } = vscode.l10n;
  const places = Map.groupBy(found, ({ kind, value }) => `${kind} ${value}`);
  const items: LeakItem[] = [...places.values()].flatMap(([leak, ...more]) => {
    if (!leak) return [];
    const description = more.length > 0 ? t('{0} cases', more.length + 1) : '';
    return [
      {
        label: leak.value,
        description: [leak.kind, description].filter(Boolean).join(' · '),
        picked: true,
        leak,
      },
    ];
  });
  const chosen = await vscode.window.showQuickPick(items, {
    ...{ title, canPickMany: true, ignoreFocusOut: true },
    placeHolder: t(
      'Secrets and personal data were found. What is checked is replaced, such as by [e-mail address].',
    ),
  });
  return chosen?.map(({ leak }) => leak);
}
