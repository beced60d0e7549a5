import path from 'node:path';
import * as vscode from 'vscode';
import type { CaseResult } from '../../protocol/runEntries.ts';
import type { OutputLabel } from '../../webview/report/messages.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { parsePlace } from './resultTexts.ts';

/** What the dataset says of an output; null where nobody labelled it, undefined where it cannot be labelled. */
export async function labelOf(
  engine: EngineClient,
  result: CaseResult,
): Promise<OutputLabel | null | undefined> {
  const file = await fileOf(engine, result);
  if (file === undefined || result.output.status !== 'complete') return undefined;
  try {
    const { case_id: caseId, output } = result;
    return (await engine.call('dataset/labelOf', { path: file, caseId, output: output.text })).label;
  } catch {
    // The dataset was moved or is broken just now: the result can be looked at all the same.
    return undefined;
  }
}

/** Writes a label into the case; like any edit it can be undone. Rejects with what stands in the way. */
export async function writeLabel(
  { engine, fileEdits }: { engine: EngineClient; fileEdits: FileEdits },
  result: CaseResult,
  label: OutputLabel | null,
): Promise<void> {
  const file = await fileOf(engine, result);
  if (file === undefined) throw new PlainError(vscode.l10n.t('The location of this case is unknown.'));
  const { case_id: caseId, output } = result;
  await fileEdits.edit(file, (text) =>
    engine.call('dataset/label', { path: file, text, caseId, output: output.text, label }),
  );
}

/** The file that the case stands in. */
async function fileOf(engine: EngineClient, { location }: CaseResult): Promise<string | undefined> {
  const place = location === null ? undefined : parsePlace(location);
  if (!place) return undefined;
  const { root } = await engine.call('workspace/list', {});
  return path.resolve(root, place.path);
}
