import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import type { Settings } from '../settings/settings.ts';
import type { TraceArgument } from './traceArgument.ts';

/** Opens a trace in the person's browser, at one of the services that the settings name. Throws PlainError. */
export async function openElsewhere(
  trace: TraceArgument,
  { engine, settings }: { engine: EngineClient; settings: Settings },
): Promise<void> {
  const { t } = vscode.l10n;
  const links = Object.entries(settings.traceLinks);
  if (links.length === 0) {
    const open = t('Open Settings');
    const told = t(
      'Add a link to LangSmith, Langfuse, Jaeger, Grafana or another service in the settings first.',
    );
    if ((await vscode.window.showInformationMessage(told, open)) === open)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'touchstone.traces.links');
    return;
  }

  const name =
    links.length === 1
      ? links[0]?.[0]
      : await vscode.window.showQuickPick(
          links.map(([label]) => label),
          { title: t('Open trace in') },
        );
  const template = links.find(([label]) => label === name)?.[1];
  if (template === undefined) return;

  const [summary] = (await engine.call('traces/summaries', { traceIds: [trace.traceId] })).traces;
  const address = filledIn(template, {
    traceId: trace.traceId,
    spanId: trace.spanId ?? '',
    session: summary?.session ?? '',
    service: summary?.services[0] ?? '',
    startMs: String(Math.floor(summary?.startMs ?? 0)),
    endMs: String(Math.ceil(summary?.endMs ?? 0)),
  });
  if (!/^https?:\/\//i.test(address))
    throw new PlainError(t('The link of {0} must begin with https:// or http://.', name ?? ''));
  await vscode.env.openExternal(vscode.Uri.parse(address, true));
}

/** Replaces `{name}`. Values are data, so each is encoded: it cannot lead anywhere else. Exported for tests. */
export function filledIn(template: string, values: { readonly [name: string]: string }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : whole,
  );
}
