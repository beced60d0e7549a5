import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { formatScore } from '../../engine/model/figures.ts';
import type { AlertEntry, AlertNews } from '../../protocol/alertCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import type { Settings } from '../settings/settings.ts';
import { requireTrust } from '../trust/trust.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { AlertFeed } from './alertFeed.ts';
import { alertLabel, alertText, momentText } from './alertTexts.ts';

/** What menus give: a node of the view. */
const alertArgument = z.object({
  name: z.string().check(z.minLength(1)),
  label: z.optional(z.nullable(z.string())),
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What a person does about alerts. */
export class AlertActions {
  readonly #engine: EngineClient;
  readonly #feed: AlertFeed;
  readonly #settings: Settings;

  constructor(engine: EngineClient, feed: AlertFeed, settings: Settings) {
    this.#engine = engine;
    this.#feed = feed;
    this.#settings = settings;
  }

  async mute(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Muting alerts'));
    const alert = this.#given(given) ?? (await this.#pick(({ muted }) => muted === null));
    const scope = alert && (await pickScope(alert));
    if (!alert || !scope) return;
    const shown = scope.group ? alertLabel(alert) : alert.name;
    const forMs = await pickTime(shown);
    if (forMs === undefined) return;
    const reason = await vscode.window.showInputBox({
      prompt: vscode.l10n.t('Why is {0} muted? Others see it.', shown),
      placeHolder: vscode.l10n.t('optional'),
    });
    if (reason === undefined) return;

    const { name } = alert;
    await this.#engine.call('alerts/mute', { name, group: scope.group, forMs, reason: reason.trim() });
    this.#feed.reload();
  }

  async unmute(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Muting alerts'));
    const alert = this.#given(given) ?? (await this.#pick(({ muted }) => muted !== null));
    if (!alert) return;
    const { name, group, muted } = alert;
    const isOwn = group !== null && muted?.whole === false;
    await this.#engine.call('alerts/unmute', { name, group: isOwn ? { label: group.label } : null });
    this.#feed.reload();
  }

  /** Says which channels could be told. */
  async test(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Sending notifications'));
    const name = (this.#given(given) ?? (await this.#pick(() => true)))?.name;
    if (name === undefined) return;
    const { channels } = await this.#engine.call('alerts/test', { name });
    const failed = channels.filter(({ problem }) => problem !== null);
    if (failed.length === 0) {
      const names = channels.map((channel) => channel.name).join(', ');
      void vscode.window.showInformationMessage(
        names === ''
          ? vscode.l10n.t('{0} has no channels, so nobody is told of it.', name)
          : vscode.l10n.t('Test of {0} sent to: {1}', name, names),
      );
      return;
    }
    throw new PlainError(
      vscode.l10n.t(
        'Test of {0} could not be sent: {1}',
        name,
        failed.map((channel) => `${channel.name}: ${channel.problem}`).join('; '),
      ),
    );
  }

  async goToRule(given: unknown): Promise<void> {
    const line = (this.#given(given) ?? (await this.#pick(() => true)))?.line;
    if (line === undefined) return;
    const file = vscode.Uri.joinPath(workspaceFolder().uri, this.#settings.config ?? 'touchstone.yaml');
    const at = new vscode.Position(line - 1, 0);
    await vscode.window.showTextDocument(file, { selection: new vscode.Range(at, at) });
  }

  /** The traces behind what was told: one opens, of several the person picks. */
  async showTraces({ rule, traces }: Pick<AlertNews, 'rule' | 'traces'>): Promise<void> {
    const items = traces.map(({ traceId, title, score, startMs }) => ({
      label: withoutIcons(lineText(title)) || traceId,
      description: score === null ? '' : vscode.l10n.t('score {0}', formatScore(score)),
      detail: `${momentText(startMs)} · ${traceId}`,
      traceId,
    }));
    const chosen =
      items.length === 1
        ? items[0]
        : await vscode.window.showQuickPick(items, {
            placeHolder: vscode.l10n.t('The worst traces behind {0}', rule),
          });
    if (chosen) await vscode.commands.executeCommand('touchstone.traces.open', { traceId: chosen.traceId });
  }

  #alerts(): AlertEntry[] {
    return this.#feed.listing?.alerts ?? [];
  }

  /** The alert, or the group of it, that a menu or a notification is about; undefined where none was given. */
  #given(given: unknown): AlertEntry | undefined {
    const { data } = alertArgument.safeParse(given);
    if (!data) return undefined;
    const known = this.#alerts().filter(({ name }) => name === data.name);
    const { label = null } = data;
    const alert = known.find(({ group }) => (group?.label ?? null) === label);
    if (alert) return alert;
    const [other] = known;
    // A group that is no longer listed.
    if (other) return { ...other, group: other.group && { by: other.group.by, label } };
    throw new PlainError(vscode.l10n.t('There is no such alert in touchstone.yaml.'));
  }

  async #pick(fits: (alert: AlertEntry) => boolean): Promise<AlertEntry | undefined> {
    const fitting = this.#alerts().filter(fits);
    if (fitting.length === 0)
      throw new PlainError(vscode.l10n.t('There is no such alert in touchstone.yaml.'));
    const items = fitting.map((alert) => ({
      label: withoutIcons(alertLabel(alert)),
      description: alertText(alert),
      alert,
    }));
    return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which alert?') }))?.alert;
  }
}

/** Of an alert with groups one of them, or all. */
async function pickScope(alert: AlertEntry): Promise<{ group: { label: string | null } | null } | undefined> {
  const { group, name } = alert;
  if (!group) return { group: null };
  const items = [
    { label: vscode.l10n.t('Only {0}', withoutIcons(alertLabel(alert))), group: { label: group.label } },
    { label: vscode.l10n.t('All of {0}', name), group: null },
  ];
  return await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('What is muted?') });
}

async function pickTime(name: string): Promise<number | undefined> {
  const times = [
    { label: vscode.l10n.t('15 minutes'), ms: 15 * MINUTE_MS },
    { label: vscode.l10n.t('1 hour'), ms: HOUR_MS },
    { label: vscode.l10n.t('4 hours'), ms: 4 * HOUR_MS },
    { label: vscode.l10n.t('1 day'), ms: 24 * HOUR_MS },
    { label: vscode.l10n.t('1 week'), ms: 7 * 24 * HOUR_MS },
  ];
  const placeHolder = vscode.l10n.t('For how long is {0} muted?', name);
  return (await vscode.window.showQuickPick(times, { placeHolder }))?.ms;
}
