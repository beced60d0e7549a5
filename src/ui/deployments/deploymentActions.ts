import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { holdText, isOver, weightText } from '../../engine/model/deploymentFigures.ts';
import type { DeploymentAction, DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { DeploymentPlan } from '../../protocol/deploymentParams.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import { requireTrust } from '../trust/trust.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import type { ConfiguredDeployment, DeploymentFeed } from './deploymentFeed.ts';
import { actionText, phaseText, versionsText } from './deploymentTexts.ts';

const { t } = vscode.l10n;

/** What menus and links give: a node of the view. */
const deploymentArgument = z.object({ deployment: z.string().check(z.minLength(1)) });

interface Ports {
  engine: EngineClient;
  feed: DeploymentFeed;
}

/** What a person does about deployments. Whatever moves traffic is confirmed, with what is steered and where. */
export class DeploymentActions {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Asks which deployment and which version, shows what would be moved, and begins. */
  async start(given: unknown): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    const configured = await this.#configured(given);
    if (!configured) return;
    const to = await pickVersion(configured);
    if (to === undefined) return;

    const wanted = { deployment: configured.deployment, to };
    const plan = await engine.call('deployment/plan', wanted);
    const override = plan.unapproved === null ? null : await askReason(plan.unapproved, to);
    if (override === undefined || !(await confirmPlan(plan))) return;
    const confirmed = { ...wanted, where: plan.where };
    feed.put(
      await engine.call('deployment/start', override === null ? confirmed : { ...confirmed, override }),
    );
    await vscode.commands.executeCommand('touchstone.deploy.show', { deployment: configured.deployment });
  }

  async act(action: DeploymentAction, given: unknown): Promise<void> {
    this.#check();
    const { engine, feed } = this.#ports;
    const entry = await this.#entry(given, (one) => one.actions.includes(action), actionText(action));
    if (!entry) return;
    const reason = await this.#reason(action, entry);
    if (reason === undefined || !(await confirmAction(action, entry))) return;

    const asked = { deployment: entry.deployment, action };
    feed.put(await engine.call('deployment/act', reason === null ? asked : { ...asked, reason }));
  }

  /** Before green exists there is nothing to roll back: it is aborted. */
  async rollBack(given: unknown): Promise<void> {
    this.#check();
    const entry = await this.#entry(
      given,
      ({ actions }) => actions.includes('rollback') || actions.includes('abort'),
      actionText('rollback'),
    );
    if (!entry) return;
    const action = entry.actions.includes('rollback') ? 'rollback' : 'abort';
    await this.act(action, { deployment: entry.deployment });
  }

  /** The one that was clicked, the only one, or the one that the person picks; of those that have begun. */
  async pick(given: unknown): Promise<string | undefined> {
    const entry = await this.#entry(given, () => true, t('Show Deployment'));
    return entry?.deployment;
  }

  /** Null: none is needed. Undefined: the person gave none. */
  async #reason(action: DeploymentAction, entry: DeploymentEntry): Promise<string | null | undefined> {
    if (action !== 'promote' || entry.report?.status === 'pass') return null;
    const typed = await vscode.window.showInputBox({
      title: t('Promote {0} without a passing gate', lineText(entry.deployment)),
      prompt: t('Why is it promoted all the same? The reason stays in the journal.'),
      placeHolder: lineText(entry.report?.reason ?? t('the gate is undecided')),
      validateInput: (text) => (text.trim() === '' ? t('Give a reason.') : undefined),
    });
    return typed === undefined || typed.trim() === '' ? undefined : typed.trim();
  }

  async #configured(given: unknown): Promise<ConfiguredDeployment | undefined> {
    const { deployments } = await this.#ports.engine.call('deployment/choices', {});
    if (deployments.length === 0)
      throw new PlainError(
        t('No deployments are configured. Add one under “deployments” in touchstone.yaml.'),
      );
    const name = deploymentArgument.safeParse(given).data?.deployment;
    const named = deployments.find(({ deployment }) => deployment === name);
    if (named || (name === undefined && deployments.length === 1)) return named ?? deployments[0];
    const items = deployments.map((configured) => ({
      label: withoutIcons(lineText(configured.deployment)),
      description: lineText(configured.where),
      configured,
    }));
    return (await vscode.window.showQuickPick(items, { placeHolder: t('Which deployment?') }))?.configured;
  }

  async #entry(
    given: unknown,
    fits: (entry: DeploymentEntry) => boolean,
    title: string,
  ): Promise<DeploymentEntry | undefined> {
    const { feed } = this.#ports;
    const name = deploymentArgument.safeParse(given).data?.deployment;
    const fitting = feed.entries.filter(fits);
    if (name !== undefined) {
      const named = feed.entry(name);
      if (named && !fits(named))
        throw new PlainError(
          t('{0}: this cannot be done now, since the deployment is {1}.', lineText(name), phaseText(named)),
        );
      return named;
    }

    if (fitting.length === 0)
      throw new PlainError(t('{0}: there is no deployment for which this makes sense now.', title));
    const running = fitting.filter((entry) => !isOver(entry));
    if (fitting.length === 1 || running.length === 1) return running[0] ?? fitting[0];
    const items = fitting.map((entry) => ({
      label: withoutIcons(lineText(entry.deployment)),
      description: `${versionsText(entry)} · ${phaseText(entry)}`,
      entry,
    }));
    return (await vscode.window.showQuickPick(items, { title, placeHolder: t('Which deployment?') }))?.entry;
  }

  /** Throws where there is no folder, or it is not trusted. */
  #check(): void {
    workspaceFolder();
    requireTrust(t('A deployment'));
  }
}

async function pickVersion({ deployment, versions }: ConfiguredDeployment): Promise<string | undefined> {
  const kinds = {
    release: t('release'),
    program: t('agent program'),
    url: t('HTTP agent'),
    image: t('image'),
    model: t('model'),
  };
  const other = { label: `$(edit) ${t('Another Version…')}`, description: '', detail: '', to: undefined };
  const items = versions.map(({ to, kind, unapproved }) => ({
    label: withoutIcons(lineText(to)),
    description: unapproved === null ? kinds[kind] : t('{0}, needs a reason', kinds[kind]),
    detail: unapproved === null ? '' : lineText(unapproved),
    to,
  }));
  const chosen = await vscode.window.showQuickPick([...items, other], {
    title: t('Deploy {0}', lineText(deployment)),
    placeHolder: t('Which version is to follow the one that serves now?'),
  });
  if (!chosen || chosen.to !== undefined) return chosen?.to;
  const typed = await vscode.window.showInputBox({
    prompt: t('The version: a name under “versions”, release/NAME, or the URL of an HTTP agent'),
  });
  return typed?.trim() || undefined;
}

/** Undefined: the person gave none. */
async function askReason(unapproved: string, version: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: t('Deploy {0} without an approval', lineText(version)),
    prompt: t('Why is it deployed all the same? The reason stays in the journal.'),
    placeHolder: lineText(unapproved),
    validateInput: (text) => (text.trim() === '' ? t('Give a reason.') : undefined),
  });
  return typed?.trim() || undefined;
}

async function confirmPlan(plan: DeploymentPlan): Promise<boolean> {
  const deploy = t('Deploy');
  const steps = plan.steps.map(({ weight, holdMs }) => `${weightText(weight)} (${holdText(holdMs)})`);
  const detail = [
    t('Steers {0}.', lineText(plan.where)),
    t(
      'Serves now: {0}. Follows: {1}.',
      plan.from === null ? t('nothing') : lineText(plan.from),
      lineText(plan.to),
    ),
    t('Steps: {0}.', steps.join(', ')),
    ...plan.warnings.map(lineText),
  ].join('\n');
  const question = t('Deploy {0} to {1}?', lineText(plan.to), lineText(plan.deployment));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, deploy)) === deploy;
}

/** What moves no traffic and ends nothing needs none. */
async function confirmAction(action: DeploymentAction, entry: DeploymentEntry): Promise<boolean> {
  if (action === 'pause' || action === 'resume') return true;
  const label = actionText(action);
  const detail = [
    ...(entry.where === null ? [] : [t('Steers {0}.', lineText(entry.where))]),
    effectText(action, entry),
  ].join('\n');
  const question = t('{0}: {1}?', label, `${lineText(entry.deployment)}, ${versionsText(entry)}`);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, label)) === label;
}

function effectText(action: DeploymentAction, { step, steps, green, blue }: DeploymentEntry): string {
  const next = steps[(step ?? -1) + 1]?.weight;
  switch (action) {
    case 'promote':
      return next === undefined
        ? t('{0} gets all the traffic.', lineText(green.name))
        : t('{0} gets {1} of the traffic at once.', lineText(green.name), weightText(next));
    case 'decommission':
      return t(
        '{0} is stopped; there is no way back by this deployment.',
        lineText(blue?.name ?? t('The previous version')),
      );
    default:
      return blue === null
        ? t('{0} gets no more traffic and is stopped.', lineText(green.name))
        : t(
            'All the traffic goes to {0}; {1} is drained and stopped.',
            lineText(blue.name),
            lineText(green.name),
          );
  }
}
