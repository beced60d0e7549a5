import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { formatPercent } from '../../engine/model/figures.ts';
import { gatewayVariables } from '../../engine/model/gatewayVariables.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { RouteEntry, ServingGateway } from '../../protocol/gatewayEntries.ts';
import type { GatewayStart } from '../../protocol/gatewayParams.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import type { Settings } from '../settings/settings.ts';
import { requireTrust } from '../trust/trust.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { GatewayFeed } from './gatewayFeed.ts';
import { isBuiltIn, routeText, shadowText } from './gatewayTexts.ts';
import { promotePairs } from './promotePairs.ts';
import { readWeights, weightsText } from './weightsText.ts';

/** What menus give: a node of the view. */
const routeArgument = z.object({ route: z.string().check(z.minLength(1)) });

interface Ports {
  engine: EngineClient;
  feed: GatewayFeed;
  settings: Settings;
  preview: EditPreview;
}

/** What a person does about the gateway and its shadows. */
export class GatewayActions {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Where the port is taken, the person is offered another one. */
  async start(): Promise<void> {
    this.#check();
    try {
      await this.#start(this.#ports.settings.gatewayPort);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const act = vscode.l10n.t('Use Another Port');
      const answer = await vscode.window.showErrorMessage(error.failure.message, act);
      if (answer === act) await this.#start(0);
    }
  }

  /** For all windows and terminals of the workspace. */
  async stop(): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    feed.put(await engine.call('gateway/stop', {}));
  }

  /** Asks what gets the copies, how many, and whose evaluators score both answers. */
  async mirror(given: unknown): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    const route = await this.#route(
      given,
      (one) => !isBuiltIn(one),
      vscode.l10n.t('Mirror the requests of which route?'),
    );
    if (!route) return;
    const { targets, suites } = await engine.call('gateway/choices', {});
    const to = await pickTarget(route, targets);
    if (to === undefined) return;
    const share = await pickShare(route);
    if (share === undefined) return;
    const suite = await pickSuite(suites);
    if (suite === undefined) return;

    const wanted = { route: route.route, to, share, ...(suite === null ? {} : { suite }) };
    feed.put(await engine.call('shadow/start', wanted));
  }

  async stopMirroring(given: unknown): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    const isMirroring = ({ shadow }: RouteEntry): boolean => shadow?.state === 'mirroring';
    const route = await this.#route(given, isMirroring, vscode.l10n.t('Stop mirroring which route?'));
    if (route) feed.put(await engine.call('shadow/stop', { route: route.route }));
  }

  async setWeights(given: unknown): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    const hasSeveral = ({ arms }: RouteEntry): boolean => arms.length > 1;
    const route = await this.#route(given, hasSeveral, vscode.l10n.t('Set the weights of which route?'));
    if (!route) return;
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Weights of {0}', lineText(route.route)),
      prompt: vscode.l10n.t('The weight of each target; 0 gets nothing. They hold until others are set.'),
      value: weightsText(route),
      validateInput: (value) => (readWeights(value, route) ? undefined : weightsHint(route)),
    });
    const weights = text === undefined ? undefined : readWeights(text, route);
    if (weights) feed.put(await engine.call('gateway/weights', { route: route.route, weights }));
  }

  async openComparison(given: unknown): Promise<void> {
    this.#check();
    const route = await this.#route(given, isStored, vscode.l10n.t('The comparison of which shadow?'));
    const runId = route?.shadow?.runId;
    if (runId) await vscode.commands.executeCommand('touchstone.openReport', { runId });
  }

  async promotePairs(given: unknown): Promise<void> {
    this.#check();
    const route = await this.#route(given, isStored, vscode.l10n.t('The pairs of which shadow?'));
    const runId = route?.shadow?.runId;
    if (runId) await promotePairs(runId, this.#ports);
  }

  async copyEnvironment(): Promise<void> {
    this.#check();
    const lines = Object.entries(gatewayVariables(this.#serving())).map(
      ([name, value]) => `${name}=${value}`,
    );
    await vscode.env.clipboard.writeText(`${lines.join('\n')}\n`);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the environment of the gateway'), 3_000);
  }

  async #start(port: GatewayStart['port']): Promise<void> {
    const { engine, feed } = this.#ports;
    feed.put(await engine.call('gateway/start', { port, keep: true }));
    await vscode.commands.executeCommand('touchstone.gateway.focus');
  }

  #serving(): ServingGateway {
    const { serving } = this.#ports.feed;
    if (serving) return serving;
    throw new PlainError(vscode.l10n.t('The gateway does not run. Start it first.'));
  }

  /** The one that was clicked, the only one that fits, or the one that the person picks. */
  async #route(
    given: unknown,
    fits: (route: RouteEntry) => boolean,
    placeHolder: string,
  ): Promise<RouteEntry | undefined> {
    const { routes } = this.#serving();
    const name = routeArgument.safeParse(given).data?.route;
    if (name !== undefined) return routes.find(({ route }) => route === name);

    const fitting = routes.filter(fits);
    if (fitting.length === 0)
      throw new PlainError(
        vscode.l10n.t('No route of the gateway is fit for this. Routes are added in touchstone.yaml.'),
      );
    if (fitting.length === 1) return fitting[0];
    const items = fitting.map((route) => ({
      label: withoutIcons(lineText(route.route)),
      description: route.shadow ? shadowText(route.shadow) : routeText(route),
      route,
    }));
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.route;
  }

  /** Throws where there is no folder, or it is not trusted. */
  #check(): void {
    workspaceFolder();
    requireTrust(vscode.l10n.t('The gateway'));
  }
}

function isStored({ shadow }: RouteEntry): boolean {
  return shadow?.runId != null;
}

async function pickTarget(
  route: RouteEntry,
  targets: readonly { target: string; kind: 'release' | 'model' | 'agent' }[],
): Promise<string | undefined> {
  const kinds = {
    release: vscode.l10n.t('release'),
    model: vscode.l10n.t('model'),
    agent: vscode.l10n.t('HTTP agent'),
  };
  const other = { label: `$(edit) ${vscode.l10n.t('Another Target…')}`, description: '', target: undefined };
  const items = targets.map(({ target, kind }) => ({
    label: withoutIcons(lineText(target)),
    description: kinds[kind],
    target,
  }));
  const chosen = await vscode.window.showQuickPick([...items, other], {
    title: vscode.l10n.t('Mirror {0}', lineText(route.route)),
    placeHolder: vscode.l10n.t('What gets the copies?'),
  });
  if (!chosen || chosen.target !== undefined) return chosen?.target;
  const typed = await vscode.window.showInputBox({
    prompt: vscode.l10n.t('What gets the copies: provider/model, release/NAME, or the URL of an HTTP agent'),
  });
  return typed?.trim() || undefined;
}

const SHARES = [0.01, 0.1, 0.5, 1];

async function pickShare({ route }: RouteEntry): Promise<number | undefined> {
  const items = SHARES.map((share) => ({ label: formatPercent(share), share }));
  const placeHolder = vscode.l10n.t('How many of the requests of {0} are mirrored?', lineText(route));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.share;
}

/** Null: pairs are only shown. */
async function pickSuite(suites: readonly string[]): Promise<string | null | undefined> {
  const none = {
    label: vscode.l10n.t('None'),
    description: vscode.l10n.t('both answers are shown, and not scored'),
    suite: null,
  };
  const items = suites.map((suite) => ({ label: withoutIcons(lineText(suite)), description: '', suite }));
  const placeHolder = vscode.l10n.t('The evaluators of which suite score both answers?');
  return (await vscode.window.showQuickPick([...items, none], { placeHolder }))?.suite;
}

function weightsHint({ arms }: RouteEntry): string {
  return vscode.l10n.t(
    'Write a weight for each target, at least one above 0, such as {0}.',
    arms.map(({ arm }, at) => `${arm}=${at === 0 ? 90 : 10}`).join(' '),
  );
}
