import * as vscode from 'vscode';
import type { FileSymbol } from '../../protocol/languageCalls.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { toRange } from './ranges.ts';

/** Go to definition and links: from a suite to what it names, and from `file://` to the file. */
export class LinkProvider implements vscode.DefinitionProvider, vscode.DocumentLinkProvider {
  readonly #documents: OpenDocuments;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.LocationLink[]> {
    const links = await this.#links(document, token);
    return links
      .map(({ range, target, at }) => ({
        originSelectionRange: toRange(range),
        targetUri: vscode.Uri.file(target),
        targetRange: at ? toRange(at) : new vscode.Range(0, 0, 0, 0),
      }))
      .filter(({ originSelectionRange }) => originSelectionRange.contains(position));
  }

  async provideDocumentLinks(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentLink[]> {
    const links = await this.#links(document, token);
    return links
      .filter(({ at }) => at === undefined)
      .map(({ range, target }) => new vscode.DocumentLink(toRange(range), vscode.Uri.file(target)));
  }

  async #links(document: vscode.TextDocument, token: vscode.CancellationToken) {
    return (await this.#documents.ask('language/links', document, {}, token))?.links ?? [];
  }
}

const ICONS: { readonly [kind in FileSymbol['kind']]: vscode.SymbolKind } = {
  case: vscode.SymbolKind.Object,
  suite: vscode.SymbolKind.Module,
  target: vscode.SymbolKind.Function,
  provider: vscode.SymbolKind.Interface,
  message: vscode.SymbolKind.String,
};

/** The outline: cases, suites with their targets, messages. */
export class SymbolProvider implements vscode.DocumentSymbolProvider {
  readonly #documents: OpenDocuments;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  async provideDocumentSymbols(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentSymbol[]> {
    const found = await this.#documents.ask('language/symbols', document, {}, token);
    return (found?.symbols ?? []).map(toSymbol);
  }
}

function toSymbol({ name, detail, kind, range, selection, children }: FileSymbol): vscode.DocumentSymbol {
  const all = toRange(range);
  // The editor throws for a name that reaches beyond its symbol.
  const own = all.intersection(toRange(selection)) ?? new vscode.Range(all.start, all.start);
  const symbol = new vscode.DocumentSymbol(name, detail, ICONS[kind], all, own);
  symbol.children = children.map(toSymbol);
  return symbol;
}
