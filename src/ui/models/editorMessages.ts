import * as vscode from 'vscode';
import type { ParamsOf } from '../../protocol/call.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { interfaceCalls } from '../../protocol/calls.ts';

type Message = ParamsOf<typeof interfaceCalls, 'model/complete'>['messages'][number];

/**
 * Messages in the editor's form. It has two roles only: what a prompt says as system or developer goes in
 * the user's name, in its place. Rejects images, which the editor's API does not take.
 */
export function toEditorMessages(messages: readonly Message[]): vscode.LanguageModelChatMessage[] {
  return messages.map(toEditorMessage);
}

function toEditorMessage(message: Message): vscode.LanguageModelChatMessage {
  const text = textOf(message);
  switch (message.role) {
    case 'assistant':
      return vscode.LanguageModelChatMessage.Assistant([
        ...(text === '' ? [] : [new vscode.LanguageModelTextPart(text)]),
        ...(message.toolCalls ?? []).map(
          (call) =>
            new vscode.LanguageModelToolCallPart(call.id ?? call.name, call.name, inputOf(call.arguments)),
        ),
      ]);
    case 'tool':
      return vscode.LanguageModelChatMessage.User([
        new vscode.LanguageModelToolResultPart(message.toolCallId ?? '', [
          new vscode.LanguageModelTextPart(text),
        ]),
      ]);
    case 'system':
    case 'developer':
    case 'user':
      return vscode.LanguageModelChatMessage.User(text, message.name);
  }
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'text') return part.text;
      throw new CallFailure('model/complete', {
        kind: 'model',
        code: 'bad-request',
        transient: false,
        message: 'the models of the editor take no images',
      });
    })
    .join('');
}

function inputOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : { value };
}
