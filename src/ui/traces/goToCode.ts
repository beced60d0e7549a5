import path from 'node:path';
import * as vscode from 'vscode';
import type { CodePlace, SpanDetail } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import type { TraceArgument } from './traceArgument.ts';

/** Files of the same name that are compared with the path that a span gives. */
const CANDIDATES = 200;

/** Opens the line of code that a span comes from, by its `code.*` attributes. Throws PlainError. */
export async function goToCode(engine: EngineClient, trace: TraceArgument): Promise<void> {
  const { span } = await detailOf(engine, trace);
  const { code } = span ?? {};
  if (!code)
    throw new PlainError(
      vscode.l10n.t(
        'This span does not say where in the code it comes from. It would in its attributes code.file.path and code.line.number.',
      ),
    );

  const file = await findInWorkspace(code.file);
  if (!file)
    throw new PlainError(
      vscode.l10n.t('There is no file {0} in this workspace, where the span comes from.', code.file),
    );
  const document = await vscode.workspace.openTextDocument(file);
  const at = positionIn(document, code);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

/** Opens the prompt that the messages of a model call were made of; asks where several could be. Throws PlainError. */
export async function goToPrompt(engine: EngineClient, trace: TraceArgument): Promise<void> {
  const { t } = vscode.l10n;
  const { traceId, spanId } = trace;
  if (spanId === undefined) throw new PlainError(t('Choose a model call first.'));
  const { prompts } = await engine.call('traces/prompts', { traceId, spanId });
  const [first] = prompts;
  if (!first) throw new PlainError(t('No prompt file in this workspace matches the messages of this span.'));

  const items = prompts.map(({ path: label, line, share }) => ({
    ...{ label, line },
    description: t('{0} % of its text', Math.round(share * 100)),
  }));
  const chosen =
    prompts.length === 1
      ? items[0]
      : await vscode.window.showQuickPick(items, { title: t('Which prompt was it?') });
  if (!chosen) return;
  const { root } = await engine.call('workspace/list', {});
  const uri = vscode.Uri.file(path.resolve(root, chosen.label));
  const at = new vscode.Position(Math.max(0, chosen.line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}

/** Throws PlainError where it is not stored (any more). */
export async function detailOf(
  engine: EngineClient,
  { traceId, spanId }: TraceArgument,
): Promise<SpanDetail> {
  const id = spanId ?? (await rootOf(engine, traceId));
  const { detail } =
    id === undefined ? { detail: null } : await engine.call('traces/span', { traceId, spanId: id });
  if (detail) return detail;
  throw new PlainError(vscode.l10n.t('Nothing is stored of this span.'));
}

/** Of a trace as a whole, the span that began first at its top. */
async function rootOf(engine: EngineClient, traceId: string): Promise<string | undefined> {
  const { rows } = await engine.call('traces/children', { traceId, spanId: null, offset: 0, limit: 1 });
  return rows[0]?.id;
}

/**
 * The file of the workspace that a span names. Agents run in containers and other checkouts, so the end of the path decides; what
 * lies outside of the workspace is never opened, for a span can say anything.
 */
async function findInWorkspace(given: string): Promise<vscode.Uri | undefined> {
  const names = given
    .replace(/^file:\/\//, '')
    .split(/[\\/]+/)
    .filter(Boolean);
  const name = names.at(-1);
  if (name === undefined) return undefined;

  const pattern = `**/${name.replace(/[[\]{}*?]/g, (special) => `[${special}]`)}`;
  const found = await vscode.workspace.findFiles(pattern, undefined, CANDIDATES);
  const ranked = found
    .map((uri) => ({ uri, same: sameEnd(names, uri.path.split('/')) }))
    .sort((a, b) => b.same - a.same || a.uri.path.length - b.uri.path.length);
  return ranked[0]?.uri;
}

function sameEnd(a: readonly string[], b: readonly string[]): number {
  let same = 0;
  while (same < a.length && same < b.length && a.at(-1 - same) === b.at(-1 - same)) same += 1;
  return same;
}

/** The line, else where the function's name occurs first. */
function positionIn(
  document: vscode.TextDocument,
  { line, column, function: name }: CodePlace,
): vscode.Position {
  if (line !== null) {
    const at = Math.min(Math.max(0, line - 1), document.lineCount - 1);
    return new vscode.Position(at, Math.max(0, (column ?? 1) - 1));
  }
  const short = name?.split(/[.:#]/).at(-1);
  const offset = short ? document.getText().indexOf(short) : -1;
  return document.positionAt(Math.max(0, offset));
}
