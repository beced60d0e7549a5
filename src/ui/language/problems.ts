import path from 'node:path';
import * as vscode from 'vscode';
import type { ResultOf } from '../../protocol/call.ts';
import type { languageCalls } from '../../protocol/languageCalls.ts';
import type { Settings } from '../settings/settings.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { toRange } from './ranges.ts';

export type Problem = NonNullable<ResultOf<typeof languageCalls, 'language/problems'>>['problems'][number];

/** The one collection of diagnostics: problems of open files as they are typed, and of others on demand. */
export class Problems implements vscode.Disposable {
  readonly #settings: Pick<Settings, 'config'>;
  readonly #shown = vscode.languages.createDiagnosticCollection('touchstone');
  /** Those that the workspace was last found to have, by file; shown where no open document has its own. */
  #listed = new Map<string, vscode.Diagnostic[]>();

  constructor(settings: Pick<Settings, 'config'>) {
    this.#settings = settings;
  }

  /** The problems of an open document; `own` is the name that its own places have. */
  show(document: vscode.TextDocument, own: string, problems: readonly Problem[]): void {
    const diagnostics = problems.map((problem) => {
      const isOwn = problem.location.path === own;
      const range = isOwn ? rangeIn(document, problem) : new vscode.Range(0, 0, 0, 0);
      const diagnostic = this.#diagnostic(problem, range);
      if (isOwn) return diagnostic;
      const place = new vscode.Location(this.#uri(problem.location.path), rangeOf(problem));
      diagnostic.relatedInformation = [
        new vscode.DiagnosticRelatedInformation(place, vscode.l10n.t('Location of the problem')),
      ];
      return diagnostic;
    });
    this.#shown.set(document.uri, diagnostics);
  }

  /** The problems of the whole workspace in place of all that were shown; paths count from the workspace. */
  showAll(problems: readonly Problem[]): void {
    this.#shown.clear();
    for (const [file, own] of Map.groupBy(problems, ({ location }) => location.path))
      this.#shown.set(
        this.#uri(file),
        own.map((problem) => this.#diagnostic(problem, rangeOf(problem))),
      );
  }

  /** The problems that a look at the workspace brings, at files that are not open. */
  showListed(problems: readonly Problem[]): void {
    const before = this.#listed;
    this.#listed = new Map(
      [...Map.groupBy(problems, ({ location }) => this.#uri(location.path).toString())].map(([uri, own]) => [
        uri,
        own.map((problem) => this.#diagnostic(problem, rangeOf(problem))),
      ]),
    );
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    for (const uri of new Set([...before.keys(), ...this.#listed.keys()]))
      if (!open.has(uri)) this.#shown.set(vscode.Uri.parse(uri), this.#listed.get(uri));
  }

  /** A document was closed or its file is gone; what the workspace was found to have stays. */
  clear(uri: vscode.Uri): void {
    this.#shown.set(uri, this.#listed.get(uri.toString()));
  }

  dispose(): void {
    this.#shown.dispose();
  }

  #diagnostic(problem: Problem, range: vscode.Range): vscode.Diagnostic {
    const text = sentence(problem.message);
    const diagnostic = new vscode.Diagnostic(
      range,
      problem.remedy ? `${text} ${problem.remedy}` : text,
      problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
    );
    diagnostic.source = 'Touchstone';
    diagnostic.code = problem.code;
    diagnostic.relatedInformation = (problem.related ?? []).map(({ message, location }) => {
      const at = new vscode.Position(location.line - 1, location.column - 1);
      const place = new vscode.Location(this.#uri(location.path), at);
      return new vscode.DiagnosticRelatedInformation(place, sentence(message));
    });
    return diagnostic;
  }

  /** Paths count from the folder of the configuration. */
  #uri(file: string): vscode.Uri {
    const { fsPath } = workspaceFolder().uri;
    return vscode.Uri.file(path.resolve(fsPath, path.dirname(this.#settings.config ?? ''), file));
  }
}

/** A problem without an end reaches over the word that it begins at, or to the end of its line. */
function rangeIn(document: vscode.TextDocument, problem: Problem): vscode.Range {
  const range = document.validateRange(rangeOf(problem));
  if (!range.isEmpty) return range;
  const word = document.getWordRangeAtPosition(range.start);
  if (word) return word;
  const line = document.lineAt(range.start.line);
  const end = line.range.end.isAfter(range.start) ? line.range.end : line.range.start;
  return new vscode.Range(range.start, end);
}

function rangeOf({ location }: Problem): vscode.Range {
  const { line, column, endLine = line, endColumn = column } = location;
  return toRange({ line, column, endLine, endColumn });
}

/** A message that begins with the name of a field keeps it as it is written. */
function sentence(message: string): string {
  const begun = /^[a-z]+[ ,]/.test(message)
    ? message.charAt(0).toLocaleUpperCase() + message.slice(1)
    : message;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
