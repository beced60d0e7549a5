// An extension that offers scripted chat models through the editor's public API. A test sets `answer`.
const vscode = require('vscode');

const api = {
  /** What each model does; called with the request, a progress to report parts to, and the cancellation token. */
  answer: async (_request, progress) => progress.report(new vscode.LanguageModelTextPart('unset')),
};

const models = ['small', 'large'].map((family) => ({
  id: `${family}-1`,
  name: `Scripted ${family}`,
  family,
  version: '1.0.0',
  maxInputTokens: 8000,
  maxOutputTokens: 1000,
  capabilities: { toolCalling: true },
}));

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('scripted', {
      provideLanguageModelChatInformation: async () => models,
      provideLanguageModelChatResponse: (model, messages, options, progress, token) =>
        api.answer({ model, messages, options }, progress, token),
      // One token for each word.
      provideTokenCount: async (_model, text) => textOf(text).split(/\s+/).filter(Boolean).length,
    }),
  );
  return api;
};

function textOf(text) {
  if (typeof text === 'string') return text;
  return text.content.map((part) => part.value ?? '').join(' ');
}
