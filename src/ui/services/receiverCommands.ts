import * as vscode from 'vscode';
import { counted } from '../../engine/model/figures.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import { PlainError } from '../output/plainError.ts';
import { requireTrust } from '../trust/trust.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { receiverFacts } from './receiverTexts.ts';
import type { TraceReceiver } from './traceReceiver.ts';

/** What a person does about receiving traces. */
export class ReceiverActions {
  readonly #receiver: TraceReceiver;

  constructor(receiver: TraceReceiver) {
    this.#receiver = receiver;
  }

  /** Where the port is taken, the person is offered another one. */
  async start(): Promise<void> {
    this.#check();
    try {
      await this.#receiver.start();
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      await this.#offer(error);
    }
  }

  async stop(): Promise<void> {
    this.#check();
    await this.#receiver.stop();
  }

  async copyEndpoint(): Promise<void> {
    this.#check();
    const { receiving } = this.#receiver;
    if (!receiving)
      throw new PlainError(vscode.l10n.t('Traces are not received. Start receiving them first.'));
    await vscode.env.clipboard.writeText(receiving.endpoint);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', receiving.endpoint), 3_000);
  }

  /** What is known, and what can be done about it. */
  async showServices(): Promise<void> {
    this.#check();
    const { state, receiving } = this.#receiver;
    const facts = receiverFacts(state).map((label) => ({ label, act: undefined }));
    const separator = { label: '', kind: vscode.QuickPickItemKind.Separator, act: undefined };
    const picked = await vscode.window.showQuickPick(
      [...facts, ...this.#processFacts(), separator, ...this.#actions(receiving !== undefined)],
      { title: vscode.l10n.t('Touchstone Services'), placeHolder: vscode.l10n.t('Choose what to do') },
    );
    await picked?.act?.();
  }

  #processFacts() {
    const { state } = this.#receiver;
    if (state.state !== 'attached') return [];
    const { pid, version, attached } = state.status;
    const users = `${counted(attached.windows, 'window')}, ${counted(attached.terminals, 'terminal')}`;
    const label = vscode.l10n.t('Process {0}, version {1}', pid, version);
    return [{ label, description: vscode.l10n.t('attached: {0}', users), act: undefined }];
  }

  #actions(isReceiving: boolean) {
    const port = {
      label: `$(plug) ${vscode.l10n.t('Use Another Port…')}`,
      act: () => this.#askPort(),
    };
    if (!isReceiving)
      return [
        { label: `$(broadcast) ${vscode.l10n.t('Start Receiving Traces')}`, act: () => this.start() },
        port,
      ];
    return [
      { label: `$(copy) ${vscode.l10n.t('Copy Endpoint')}`, act: () => this.copyEndpoint() },
      port,
      { label: `$(debug-stop) ${vscode.l10n.t('Stop Receiving Traces')}`, act: () => this.stop() },
    ];
  }

  async #offer({ failure }: CallFailure): Promise<void> {
    const { state } = this.#receiver;
    // One of another version may be in the way.
    const isUnusable = state.state === 'failed';
    const act = isUnusable ? vscode.l10n.t('Stop It and Start Anew') : vscode.l10n.t('Use Another Port…');
    const answer = await vscode.window.showErrorMessage(failure.message, act);
    if (answer !== act) return;

    if (!isUnusable) return this.#askPort();
    await this.#receiver.end();
    await this.start();
  }

  async #askPort(): Promise<void> {
    const text = await vscode.window.showInputBox({
      prompt: vscode.l10n.t('Port to receive traces on, until the process ends; 0 for any that is free'),
      value: '0',
      validateInput: (value) =>
        /^\d{1,5}$/.test(value.trim()) && Number(value) <= 65_535
          ? undefined
          : vscode.l10n.t('Type a whole number from 0 to 65535.'),
    });
    if (text !== undefined) await this.#receiver.start(Number(text));
  }

  /** Throws where there is no folder, or it is not trusted. */
  #check(): void {
    workspaceFolder();
    requireTrust(vscode.l10n.t('Receiving traces'));
  }
}
