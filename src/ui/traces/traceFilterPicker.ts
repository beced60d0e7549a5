import * as vscode from 'vscode';
import { formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { TraceFilter, TraceOrder } from '../../protocol/traceCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { filterText, type TraceLook, type TraceLooks } from './traceLook.ts';

type Named = 'service' | 'model' | 'release' | 'session';

interface FilterItem extends vscode.QuickPickItem {
  /** Returns what is let through then; undefined where the person thought better of it. */
  choose?(): Promise<TraceFilter | undefined> | TraceFilter;
}

/** Asks what traces must have, and shows those. */
export async function pickFilter(looks: TraceLooks, engine: EngineClient): Promise<void> {
  const { t } = vscode.l10n;
  const { filter } = looks.look;
  const item = (
    icon: string,
    label: string,
    value: string | undefined,
    choose: FilterItem['choose'] & object,
  ): FilterItem => ({
    label: `$(${icon}) ${label}`,
    ...(value === undefined ? {} : { description: `✓ ${value}` }),
    choose,
  });
  const named = (icon: string, label: string, name: Named) =>
    item(icon, label, filter[name], () => pickValue(filter, name, engine));

  const items: FilterItem[] = [
    item('error', t('With errors'), filter.errors ? t('on') : undefined, () =>
      filter.errors ? without(filter, 'errors') : { ...filter, errors: true },
    ),
    item(
      'watch',
      t('Slower than…'),
      filter.slowerThanMs === undefined ? undefined : formatDuration(filter.slowerThanMs),
      () => askNumber(filter, 'slowerThanMs'),
    ),
    item(
      'thumbsdown',
      t('Score below…'),
      filter.scoreBelow === undefined ? undefined : formatScore(filter.scoreBelow),
      () => askNumber(filter, 'scoreBelow'),
    ),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    item('beaker', t('Of runs only'), filter.source === 'runs' ? t('on') : undefined, () =>
      switched(filter, 'runs'),
    ),
    item('cloud-download', t('Received only'), filter.source === 'received' ? t('on') : undefined, () =>
      switched(filter, 'received'),
    ),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    named('server-process', t('Service…'), 'service'),
    named('sparkle', t('Model…'), 'model'),
    named('tag', t('Release…'), 'release'),
    named('comment-discussion', t('Session…'), 'session'),
    item('search', t('Text or attribute…'), filter.text, () => askText(filter)),
    ...(looks.filtered
      ? [
          { label: '', kind: vscode.QuickPickItemKind.Separator },
          item('clear-all', t('Clear all filters'), undefined, () => ({})),
        ]
      : []),
  ];

  const title = looks.filtered ? t('Traces: {0}', filterText(filter)) : t('Filter traces');
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Show only traces that match'),
  });
  const next = await chosen?.choose?.();
  if (next) looks.change({ filter: next });
}

/** Asks for words, or for an attribute with its value, that traces must contain. */
export async function searchTraces(looks: TraceLooks): Promise<void> {
  const next = await askText(looks.look.filter);
  if (next) looks.change({ filter: next });
}

export async function pickOrder(looks: TraceLooks): Promise<void> {
  const { t } = vscode.l10n;
  const orders: { [order in TraceOrder]: string } = {
    newest: t('Newest'),
    slowest: t('Slowest'),
    costliest: t('Most expensive'),
    tokens: t('Most tokens'),
    errors: t('Most errors'),
    'lowest-score': t('Lowest score'),
  };
  const order = await pickOne(orders, looks.look.order, t('Sort traces by'));
  if (order) looks.change({ order });
}

export async function pickGroup(looks: TraceLooks): Promise<void> {
  const { t } = vscode.l10n;
  const groups: { [group in TraceLook['group']]: string } = {
    session: t('Session'),
    service: t('Service'),
    model: t('Model'),
    release: t('Release'),
    none: t('No groups'),
  };
  const group = await pickOne(groups, looks.look.group, t('Group traces by'));
  if (group) looks.change({ group });
}

async function pickOne<K extends string>(
  choices: { readonly [key in K]: string },
  current: K,
  title: string,
): Promise<K | undefined> {
  const items = (Object.keys(choices) as K[]).map((key) => ({
    label: choices[key],
    ...(key === current ? { description: '✓' } : {}),
    key,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.key;
}

async function pickValue(
  filter: TraceFilter,
  name: Named,
  engine: EngineClient,
): Promise<TraceFilter | undefined> {
  const { t } = vscode.l10n;
  const values = engine.call('traces/values', {}).then((all) => {
    const known = { service: all.services, model: all.models, release: all.releases, session: all.sessions }[
      name
    ];
    const any = { label: t('Any'), any: true };
    return [...(filter[name] === undefined ? [] : [any]), ...known.map((label) => ({ label, any: false }))];
  });
  const chosen = await vscode.window.showQuickPick(values, { title: t('Show only traces of') });
  if (!chosen) return undefined;
  return chosen.any ? without(filter, name) : { ...filter, [name]: chosen.label };
}

async function askNumber(
  filter: TraceFilter,
  name: 'slowerThanMs' | 'scoreBelow',
): Promise<TraceFilter | undefined> {
  const { t } = vscode.l10n;
  const seconds = name === 'slowerThanMs';
  const known = filter[name];
  const text = await vscode.window.showInputBox({
    title: seconds ? t('Traces that took at least so many seconds') : t('Traces with a score below'),
    prompt: t('Leave it empty to show traces regardless of it.'),
    value: known === undefined ? (seconds ? '5' : '0.5') : String(seconds ? known / 1000 : known),
    validateInput: (input) =>
      input.trim() === '' || Number(input) >= 0 ? undefined : t('Enter a number, such as 0.5.'),
  });
  if (text === undefined) return undefined;
  if (text.trim() === '') return without(filter, name);
  return { ...filter, [name]: Number(text) * (seconds ? 1000 : 1) };
}

async function askText(filter: TraceFilter): Promise<TraceFilter | undefined> {
  const { t } = vscode.l10n;
  const text = await vscode.window.showInputBox({
    title: t('Search traces'),
    prompt: t(
      'Words in names, messages, errors and attributes. All of them must occur; name=value finds an attribute.',
    ),
    placeHolder: 'refund gen_ai.request.model=gpt-5-mini',
    value: filter.text ?? '',
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? without(filter, 'text') : { ...filter, text: text.trim().slice(0, 1000) };
}

function switched(filter: TraceFilter, source: 'runs' | 'received'): TraceFilter {
  return filter.source === source ? without(filter, 'source') : { ...filter, source };
}

function without(filter: TraceFilter, name: keyof TraceFilter): TraceFilter {
  const { [name]: _, ...rest } = filter;
  return rest;
}
