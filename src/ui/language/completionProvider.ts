import * as vscode from 'vscode';
import type { OpenDocuments } from './openDocuments.ts';
import { toPlace } from './ranges.ts';

const ICONS = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  file: vscode.CompletionItemKind.File,
  model: vscode.CompletionItemKind.Constant,
} as const;

/** Completes from the JSON Schemas, and with the files and models of the workspace. */
export class CompletionProvider implements vscode.CompletionItemProvider {
  static readonly triggers = [' ', ':', '"', '/'];
  readonly #documents: OpenDocuments;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    const fromSchema = !hasYamlExtension() || document.languageId !== 'yaml';
    const params = { ...toPlace(position), fromSchema };
    const found = await this.#documents.ask('language/complete', document, params, token);
    return (found?.items ?? []).map(({ label, kind, documentation, insert, column, endColumn }, index) => {
      const item = new vscode.CompletionItem(label, ICONS[kind]);
      item.insertText = insert;
      item.filterText = insert.startsWith('"') ? insert : label;
      item.sortText = String(index).padStart(5, '0');
      item.range = new vscode.Range(position.line, column - 1, position.line, endColumn - 1);
      if (documentation !== undefined) item.documentation = documentation;
      return item;
    });
  }
}

/** Explains keys and values; silent where Red Hat's YAML extension does it from the same schemas. */
export class HoverProvider implements vscode.HoverProvider {
  readonly #documents: OpenDocuments;

  constructor(documents: OpenDocuments) {
    this.#documents = documents;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (hasYamlExtension() && document.languageId === 'yaml') return undefined;
    const found = await this.#documents.ask('language/hover', document, toPlace(position), token);
    if (!found?.hover) return undefined;
    const { title, description, fallback, values } = found.hover;
    // Untrusted: no command and no HTML of it is ever live.
    const parts = [`**${escaped(title)}**`, escaped(description)];
    if (fallback !== undefined) parts.push(escaped(vscode.l10n.t('Default: {0}', fallback)));
    if (values.length > 0) parts.push(escaped(vscode.l10n.t('One of: {0}', values.join(', '))));
    return new vscode.Hover(new vscode.MarkdownString(parts.join('\n\n')));
  }
}

/** Not `appendText`, whose spaces never break a line. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!~<>|&$]/g, '\\$&');
}

function hasYamlExtension(): boolean {
  return vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined;
}
