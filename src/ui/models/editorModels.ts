import * as vscode from 'vscode';
import type { ParamsOf, ResultOf } from '../../protocol/call.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { interfaceCalls } from '../../protocol/calls.ts';
import type { Failure } from '../../protocol/failure.ts';
import { toEditorMessages } from './editorMessages.ts';
import { type EditorReply, readReply } from './editorReply.ts';

type Request = ParamsOf<typeof interfaceCalls, 'model/complete'>;
type Reply = ResultOf<typeof interfaceCalls, 'model/complete'>;

/**
 * One reply of a chat model of the editor. Rejects with CallFailure where the model says no. The first call of
 * a window makes the editor ask the person for leave; runs are begun by persons only.
 */
export async function completeWithEditor(request: Request, signal: AbortSignal): Promise<Reply> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    const model = await findModel(request.model);
    const messages = toEditorMessages(request.messages);
    const begun = performance.now();
    const response = await model.sendRequest(messages, requestOptions(request), source.token);
    const read = await readReply(response.stream, begun);
    signal.throwIfAborted();
    const counted = await countTokens(model, messages, read, source.token);
    return { ...read, model: `${model.vendor}/${model.id}`, counted };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof CallFailure ? error : new CallFailure('model/complete', toModelFailure(error));
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

/** By `vendor/id`, else by `vendor/family`. */
async function findModel(reference: string): Promise<vscode.LanguageModelChat> {
  const slash = reference.indexOf('/');
  const vendor = slash < 0 ? reference : reference.slice(0, slash);
  const name = slash < 0 ? undefined : reference.slice(slash + 1);
  const models = await vscode.lm.selectChatModels({ vendor });
  const found =
    name === undefined
      ? models[0]
      : (models.find(({ id }) => id === name) ?? models.find(({ family }) => family === name));
  if (found) return found;
  const known = models.map(({ vendor: of, family }) => `${of}/${family}`).join(', ');
  throw new CallFailure('model/complete', {
    kind: 'model',
    code: 'not-found',
    transient: false,
    message: known
      ? `the editor has no model ${reference}; it has ${known}`
      : `the editor has no models of ${vendor}: install or sign in to an extension that provides them`,
  });
}

function requestOptions({ tools, options }: Request): vscode.LanguageModelChatRequestOptions {
  return {
    justification: vscode.l10n.t('Touchstone runs an evaluation with this model.'),
    modelOptions: options,
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            name,
            description: description ?? '',
            inputSchema: parameters ?? {},
          })),
        }),
  };
}

/** With the model's own tokenizer; null where it has none. */
async function countTokens(
  model: vscode.LanguageModelChat,
  messages: readonly vscode.LanguageModelChatMessage[],
  { text, toolCalls }: EditorReply,
  token: vscode.CancellationToken,
): Promise<Reply['counted']> {
  try {
    let input = 0;
    for (const message of messages) input += await model.countTokens(message, token);
    const said = toolCalls.length === 0 ? text : `${text}${JSON.stringify(toolCalls)}`;
    const output = await model.countTokens(said, token);
    return Number.isInteger(input) && Number.isInteger(output) ? { input, output } : null;
  } catch {
    return null;
  }
}

function toModelFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof vscode.LanguageModelError))
    return { kind: 'model', code: 'server', transient: false, message };
  switch (error.code) {
    case vscode.LanguageModelError.NoPermissions().code:
      return { kind: 'model', code: 'auth', transient: false, message };
    case vscode.LanguageModelError.NotFound().code:
      return { kind: 'model', code: 'not-found', transient: false, message };
    case vscode.LanguageModelError.Blocked().code:
      return { kind: 'model', code: 'rate-limit', transient: false, message };
    default:
      return { kind: 'model', code: 'server', transient: false, message };
  }
}
