import * as vscode from 'vscode';
import { counted, formatCount } from '../../engine/model/figures.ts';
import { errorRate } from '../../engine/model/gatewayFigures.ts';
import type { ArmEntry, RouteEntry, ShadowEntry } from '../../protocol/gatewayEntries.ts';
import { lineText } from '../output/plainText.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { GatewayFeed } from './gatewayFeed.ts';
import {
  armText,
  budgetText,
  dropText,
  type GatewayConcern,
  gatewayConcerns,
  isBuiltIn,
  latencyText,
  routeName,
  routeText,
  shadowText,
  totalsText,
  verdictText,
} from './gatewayTexts.ts';

export type GatewayNode =
  | { kind: 'gateway' }
  | { kind: 'concern'; concern: GatewayConcern }
  | { kind: 'route'; route: string }
  | { kind: 'arm'; route: string; arm: string }
  | { kind: 'shadow'; route: string }
  | { kind: 'fact'; route: string; label: string; text: string; tooltip: string };

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** Of more routes than these, only those with something to compare are shown with their targets. */
const MANY_ROUTES = 10;

/** A target of whose requests so many fail is marked. */
const FAILING = 0.5;

/** Routes with their targets and live traffic, and below them their shadows. */
export class GatewayView implements vscode.TreeDataProvider<GatewayNode>, vscode.Disposable {
  readonly #feed: GatewayFeed;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(feed: GatewayFeed) {
    this.#feed = feed;
    this.#subscription = feed.onDidChange(() => this.#changed.fire());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getChildren(parent?: GatewayNode): GatewayNode[] {
    const { serving, state } = this.#feed;
    const concerns = gatewayConcerns(state).map((concern): GatewayNode => ({ kind: 'concern', concern }));
    if (!serving) return parent ? [] : concerns;
    if (!parent)
      return [
        { kind: 'gateway' },
        ...concerns,
        ...serving.routes.map(({ route }): GatewayNode => ({ kind: 'route', route })),
      ];

    const route = 'route' in parent ? this.#feed.route(parent.route) : undefined;
    if (!route) return [];
    if (parent.kind === 'route') return routeNodes(route);
    return parent.kind === 'shadow' && route.shadow ? shadowFacts(route.route, route.shadow) : [];
  }

  getTreeItem(node: GatewayNode): vscode.TreeItem {
    const { serving } = this.#feed;
    switch (node.kind) {
      case 'gateway':
        return serving ? gatewayItem(serving.endpoint, totalsText(serving.routes)) : new vscode.TreeItem('');
      case 'concern':
        return concernItem(node.concern);
      case 'fact':
        return factItem(node);
    }

    const route = this.#feed.route(node.route);
    if (!route) return new vscode.TreeItem(lineText(node.route));
    switch (node.kind) {
      case 'route':
        return routeItem(route, (serving?.routes.length ?? 0) > MANY_ROUTES);
      case 'arm': {
        const arm = route.arms.find((one) => one.arm === node.arm);
        return arm ? armItem(route, arm) : new vscode.TreeItem(lineText(node.arm));
      }
      case 'shadow':
        return route.shadow ? shadowItem(route, route.shadow) : new vscode.TreeItem('');
    }
  }
}

function routeNodes({ route, arms, shadow }: RouteEntry): GatewayNode[] {
  return [
    ...arms.map(({ arm }): GatewayNode => ({ kind: 'arm', route, arm })),
    ...(shadow ? [{ kind: 'shadow', route } as const] : []),
  ];
}

function gatewayItem(endpoint: string, totals: string): vscode.TreeItem {
  const item = new vscode.TreeItem(endpoint);
  item.id = 'gateway';
  item.description = totals;
  item.contextValue = 'gateway';
  item.iconPath = new vscode.ThemeIcon('radio-tower', new vscode.ThemeColor('testing.iconPassed'));
  item.tooltip = vscode.l10n.t(
    'Clients that use this address in place of a provider are answered as touchstone.yaml says. New terminals of this window know it.',
  );
  item.accessibilityInformation = { label: vscode.l10n.t('Gateway on {0}: {1}', endpoint, totals) };
  return item;
}

function concernItem({ text, help, does }: GatewayConcern): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.id = `concern ${text}`;
  item.tooltip = help === undefined ? text : `${text}\n${help}`;
  if (does) item.command = concernCommand(does);
  item.contextValue = 'gatewayConcern';
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.accessibilityInformation = { label: vscode.l10n.t('Warning: {0}', text) };
  return item;
}

function concernCommand(does: NonNullable<GatewayConcern['does']>): vscode.Command {
  switch (does.kind) {
    case 'set-key':
      return { command: 'touchstone.setApiKey', title: vscode.l10n.t('Set API Key…') };
    case 'start':
      return { command: 'touchstone.gateway.start', title: vscode.l10n.t('Start Gateway…') };
    case 'open': {
      const { path, line, column } = does.place;
      const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
      return {
        command: 'vscode.open',
        title: vscode.l10n.t('Open {0}', path),
        arguments: [
          vscode.Uri.joinPath(workspaceFolder().uri, path),
          { selection: new vscode.Range(at, at) },
        ],
      };
    }
  }
}

function routeItem(route: RouteEntry, isOneOfMany: boolean): vscode.TreeItem {
  const { path, models, shadow, mismatch, arms } = route;
  const text = routeText(route);
  const name = routeName(route);
  const isPlain = arms.length === 1 && !shadow;
  const item = new vscode.TreeItem(name, isOneOfMany && isPlain ? Collapsed : Expanded);
  item.id = `route ${route.route}`;
  item.description = text;
  item.iconPath = mismatch
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.errorForeground'))
    : new vscode.ThemeIcon('git-compare');
  const isMirroring = shadow?.state === 'mirroring';
  const kind = isBuiltIn(route) ? 'builtInRoute' : 'route';
  item.contextValue = `${kind}${arms.length > 1 ? '.split' : ''}${isMirroring ? '.mirroring' : ''}`;
  // A narrow view cuts the name and the text off.
  item.tooltip = [
    `${name}: ${text}`,
    `${lineText(path)}${models.length === 0 ? '' : ` · ${models.map(lineText).join(', ')}`}`,
    ...(isBuiltIn(route)
      ? [vscode.l10n.t('It is there without configuration. To mirror it, add a route to touchstone.yaml.')]
      : []),
    ...(mismatch
      ? [
          vscode.l10n.t(
            'The observed split does not fit the weights (p = {0}), so nothing may be concluded from comparing the targets.',
            mismatch.p.toPrecision(2),
          ),
        ]
      : []),
  ].join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Route {0}: {1}', name, text) };
  return item;
}

function armItem({ route, arms }: RouteEntry, arm: ArmEntry): vscode.TreeItem {
  const label = lineText(arm.target);
  const text = armText(arm, arms);
  const item = new vscode.TreeItem(label, None);
  item.id = `arm ${JSON.stringify([route, arm.arm])}`;
  item.description = text;
  item.contextValue = 'gatewayArm';
  item.iconPath =
    (errorRate(arm) ?? 0) >= FAILING
      ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
      : new vscode.ThemeIcon(arm.weight > 0 ? 'circle-filled' : 'circle-outline');
  item.tooltip = [
    arm.arm === arm.target ? label : `${lineText(arm.arm)}: ${label}`,
    text.replaceAll(' · ', '\n'),
    counted(arm.tokens, 'token'),
    ...(arm.unpriced > 0 ? [vscode.l10n.t('{0} of unknown cost', counted(arm.unpriced, 'request'))] : []),
  ].join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Target {0}: {1}', label, text) };
  return item;
}

function shadowItem({ route }: RouteEntry, shadow: ShadowEntry): vscode.TreeItem {
  const label = vscode.l10n.t('Shadow: {0}', lineText(shadow.to));
  const text = shadowText(shadow);
  const item = new vscode.TreeItem(label, Expanded);
  item.id = `shadow ${route}`;
  item.description = text;
  item.contextValue = `shadow.${shadow.state}${shadow.runId === null ? '' : '.stored'}`;
  item.iconPath = shadowIcon(shadow);
  item.tooltip = [label, text, ...(shadow.reason === null ? [] : [lineText(shadow.reason)])].join('\n');
  item.accessibilityInformation = { label: `${label}: ${text}` };
  if (shadow.runId !== null)
    item.command = {
      command: 'touchstone.gateway.openComparison',
      title: vscode.l10n.t('Open Shadow Comparison'),
      arguments: [{ route }],
    };
  return item;
}

function shadowIcon({ verdict, state, interference }: ShadowEntry): vscode.ThemeIcon {
  const color = (id: string) => new vscode.ThemeColor(id);
  if (interference.isTripped) return new vscode.ThemeIcon('stop-circle', color('list.errorForeground'));
  switch (verdict) {
    case 'better':
      return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
    case 'worse':
    case 'mixed':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'equivalent':
    case 'identical':
      return new vscode.ThemeIcon('check');
    case 'undecided':
    case null:
      return new vscode.ThemeIcon(state === 'mirroring' ? 'eye' : 'circle-slash');
  }
}

function shadowFacts(route: string, shadow: ShadowEntry): GatewayNode[] {
  const { t } = vscode.l10n;
  const fact = (label: string, text: string, tooltip: string): GatewayNode => {
    return { kind: 'fact', route, label, text, tooltip };
  };
  const { reason, suite, mirrored, queued, diverged, dropped, interference } = shadow;
  const { on, off, p, isTripped } = interference;
  const drops = Object.entries(dropped).filter(([, count]) => count > 0);

  return [
    ...(reason === null ? [] : [fact(t('Ended'), lineText(reason), t('Why no more copies are made.'))]),
    fact(
      t('Verdict'),
      suite === null ? verdictText(shadow) : t('{0}, by {1}', verdictText(shadow), lineText(suite)),
      t(
        'What is known of the shadow beside the target of the route. It may be looked at as often as you like: the test allows for that.',
      ),
    ),
    fact(
      t('Copies'),
      queued > 0 ? t('{0}, {1} waiting', formatCount(mirrored), formatCount(queued)) : formatCount(mirrored),
      t('Requests that the shadow got, too, after the client had its answer.'),
    ),
    ...(drops.length === 0
      ? []
      : [
          fact(
            t('Dropped'),
            drops.map(([why, count]) => `${formatCount(count)} ${dropText(why)}`).join(', '),
            t('Copies that were not made or not evaluated, by reason.'),
          ),
        ]),
    ...(diverged > 0
      ? [
          fact(
            t('Other tool calls'),
            formatCount(diverged),
            t('The shadow wanted a tool call that the target had not made, so nobody could answer it.'),
          ),
        ]
      : []),
    fact(
      t('Budget'),
      budgetText(shadow, Date.now()),
      t('What copies and judges have cost, and where the shadow ends by itself.'),
    ),
    ...(on.requests + off.requests === 0
      ? []
      : [
          fact(
            t('Latency with copies'),
            latencyText(on),
            t(
              'Of the clients’ requests while copies are made. If it is higher than without them, the shadow is ended.',
            ),
          ),
          fact(
            t('Latency without'),
            `${latencyText(off)}${p === null ? '' : ` · p = ${p.toPrecision(2)}`}${isTripped ? ` · ${t('shadow ended')}` : ''}`,
            t('Of the clients’ requests in the slices of time without copies.'),
          ),
        ]),
  ];
}

function factItem({ route, label, text, tooltip }: Extract<GatewayNode, { kind: 'fact' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `fact ${JSON.stringify([route, label])}`;
  item.description = text;
  // A narrow view cuts the text off.
  item.tooltip = `${label}: ${text}\n${tooltip}`;
  item.contextValue = 'fact';
  item.accessibilityInformation = { label: `${label}: ${text}` };
  return item;
}
