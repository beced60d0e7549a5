import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';

interface ModelItem extends vscode.QuickPickItem {
  /** What choosing it does. Absent on separators. */
  action?: { kind: 'model'; reference: string } | { kind: 'own' } | { kind: 'discover' } | { kind: 'other' };
}

/** Choose model…: the models of the editor, those of the configured providers, and on demand local servers. */
export function registerModelPicker(
  engine: EngineClient,
  settings: Settings,
  output: Output,
): vscode.Disposable {
  const choose = async (): Promise<string | undefined> => {
    const model = await pickModel(engine, settings.model);
    if (!model) return undefined;
    await settings.setModel(model.reference);
    return model.reference;
  };
  return registerCommand('touchstone.chooseModel', choose, output);
}

async function pickModel(
  engine: EngineClient,
  current: string | undefined,
): Promise<{ reference: string | undefined } | undefined> {
  let found: ModelItem[] = [];
  for (;;) {
    const items = [
      ...(await editorItems()),
      ...(await configuredItems(engine)),
      ...found,
      ...otherItems(current),
    ];
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Choose Model'),
      placeHolder: vscode.l10n.t('Model for all prompts run from this window'),
      matchOnDescription: true,
    });
    const action = chosen?.action;
    if (!action) return undefined;
    if (action.kind === 'model') return { reference: action.reference };
    if (action.kind === 'own') return { reference: undefined };
    if (action.kind === 'other') return typeReference(current);
    found = await localItems(engine);
  }
}

async function editorItems(): Promise<ModelItem[]> {
  const models = await vscode.lm.selectChatModels();
  if (models.length === 0) return [];
  return [
    separator(vscode.l10n.t('Models of the editor')),
    ...models.map(({ name, vendor, id, family }) =>
      modelItem(name, `vscode/${vendor}/${id}`, family === name ? '' : family),
    ),
  ];
}

async function configuredItems(engine: EngineClient): Promise<ModelItem[]> {
  try {
    const { models } = await engine.call('model/list', {});
    const others = models.filter((reference) => !reference.startsWith('vscode/'));
    return others.length === 0
      ? []
      : [
          separator(vscode.l10n.t('Models of this workspace')),
          ...others.map((reference) => modelItem(reference, reference, '')),
        ];
  } catch (error) {
    // A configuration with errors names no models; it is shown as a problem elsewhere.
    if (error instanceof CallFailure && error.failure.kind === 'user') return [];
    throw error;
  }
}

/** What servers on this machine offer. Their provider must be in the configuration to be used. */
async function localItems(engine: EngineClient): Promise<ModelItem[]> {
  const { servers } = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Looking for model servers on this machine…'),
      cancellable: true,
    },
    (_progress, token) => engine.call('model/discover', {}, token),
  );
  if (servers.length === 0) {
    const label = vscode.l10n.t('$(info) No model server found on this machine');
    return [separator(''), { label, action: { kind: 'discover' } }];
  }
  const { providers } = await engine.call('model/list', {});
  return servers.flatMap(({ name, baseUrl, models }) => {
    const { origin } = new URL(baseUrl);
    const provider = providers.find((candidate) => isSameServer(candidate.origin, origin))?.name;
    const hint = provider
      ? ''
      : vscode.l10n.t('add a provider with base_url {0} to touchstone.yaml', baseUrl);
    return [
      separator(`${name}, ${baseUrl}`),
      ...models.map((model) =>
        provider ? modelItem(model, `${provider}/${model}`, '') : { label: model, description: hint },
      ),
    ];
  });
}

function isSameServer(a: string, b: string): boolean {
  return a.replace('//localhost:', '//127.0.0.1:') === b;
}

function otherItems(current: string | undefined): ModelItem[] {
  return [
    separator(''),
    {
      label: vscode.l10n.t('$(search) Look for local model servers'),
      description: 'Ollama, LM Studio, llama.cpp, vLLM',
      action: { kind: 'discover' },
    },
    { label: vscode.l10n.t('$(edit) Enter provider/model…'), action: { kind: 'other' } },
    ...(current === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('$(discard) Use the model each prompt names'),
            description: vscode.l10n.t('now: {0}', current),
            action: { kind: 'own' } as const,
          },
        ]),
  ];
}

async function typeReference(current: string | undefined): Promise<{ reference: string } | undefined> {
  const reference = await vscode.window.showInputBox({
    title: vscode.l10n.t('Choose Model'),
    prompt: vscode.l10n.t('Provider and model, for example openai/gpt-5-mini or vscode/copilot/gpt-4o'),
    value: current ?? '',
    validateInput: (text) =>
      /^[^/\s]+\/\S+$/.test(text.trim()) ? undefined : vscode.l10n.t('Use the form provider/model.'),
  });
  return reference === undefined ? undefined : { reference: reference.trim() };
}

function separator(label: string): ModelItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function modelItem(label: string, reference: string, description: string): ModelItem {
  return { label, description: description || reference, action: { kind: 'model', reference } };
}
