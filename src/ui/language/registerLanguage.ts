import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { CompletionProvider, HoverProvider } from './completionProvider.ts';
import { documentSelector, schemaSelector } from './documentSelector.ts';
import { FixProvider } from './fixProvider.ts';
import { LensProvider } from './lensProvider.ts';
import { LiveProblems } from './liveProblems.ts';
import { LinkProvider, SymbolProvider } from './navigation.ts';
import { OpenDocuments } from './openDocuments.ts';
import type { Problems } from './problems.ts';

/** Help while one types in datasets, suites and prompts. All of it is worked out by the engine. */
export function registerLanguage(
  engine: EngineClient,
  problems: Problems,
  output: Output,
): vscode.Disposable {
  const documents = new OpenDocuments(engine, output);
  const links = new LinkProvider(documents);
  const lenses = new LensProvider(engine, documents);
  const { languages } = vscode;
  return vscode.Disposable.from(
    documents,
    lenses,
    new LiveProblems(engine, documents, problems),
    languages.registerCodeActionsProvider(documentSelector, new FixProvider(documents), {
      providedCodeActionKinds: FixProvider.kinds,
    }),
    languages.registerDefinitionProvider(documentSelector, links),
    languages.registerDocumentLinkProvider(documentSelector, links),
    languages.registerDocumentSymbolProvider(documentSelector, new SymbolProvider(documents)),
    languages.registerCodeLensProvider(documentSelector, lenses),
    languages.registerCompletionItemProvider(
      schemaSelector,
      new CompletionProvider(documents),
      ...CompletionProvider.triggers,
    ),
    languages.registerHoverProvider(schemaSelector, new HoverProvider(documents)),
  );
}
