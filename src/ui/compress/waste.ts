import * as vscode from 'vscode';
import type { CompressionFinding } from '../../protocol/compressCalls.ts';
import { toRange } from '../language/ranges.ts';
import type { Settings } from '../settings/settings.ts';
import { promptFiles } from '../tokens/promptFiles.ts';
import type { Compressor, Findings } from './compressor.ts';
import { ignoredIn } from './ignored.ts';
import { ruleText, savedText } from './ruleTexts.ts';

/** Quiet time after typing, in milliseconds. */
const PAUSE_MS = 400;

/** What the hints of one version of a document stand for. */
interface Shown {
  version: number;
  findings: Findings;
  /** One for each finding, in the same order. */
  diagnostics: vscode.Diagnostic[];
}

/** Stretches of prompts that cost tokens and say nothing, faded in the text. */
export class Waste implements vscode.Disposable {
  readonly #compressor: Compressor;
  readonly #settings: Settings;
  readonly #memory: vscode.Memento;
  readonly #collection = vscode.languages.createDiagnosticCollection('touchstone.compress');
  readonly #shown = new Map<string, Shown>();
  readonly #pending = new Map<string, { timer: NodeJS.Timeout; stop: AbortController }>();
  readonly #subscriptions: vscode.Disposable;

  constructor(compressor: Compressor, settings: Settings, memory: vscode.Memento) {
    this.#compressor = compressor;
    this.#settings = settings;
    this.#memory = memory;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.refresh(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.refresh(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      compressor.onDidBegin(() => this.#refreshAll()),
      settings.onDidChange('touchstone.compressionHints', () => this.#refreshAll()),
      settings.onDidChange('touchstone.model', () => this.#refreshAll()),
    );
    this.#refreshAll();
  }

  /** What is shown in a document as it is now; undefined while it is typed in. */
  at(document: vscode.TextDocument): Shown | undefined {
    const shown = this.#shown.get(document.uri.fsPath);
    return shown?.version === document.version ? shown : undefined;
  }

  /** Looks at a document again, when it is quiet. */
  refresh(document: vscode.TextDocument): void {
    if (vscode.languages.match(promptFiles, document) === 0) return;
    this.#cancel(document.uri.fsPath);
    const stop = new AbortController();
    const timer = setTimeout(() => void this.#look(document, stop.signal), PAUSE_MS);
    this.#pending.set(document.uri.fsPath, { timer, stop });
  }

  dispose(): void {
    for (const path of [...this.#pending.keys()]) this.#cancel(path);
    this.#subscriptions.dispose();
  }

  #refreshAll(): void {
    for (const document of vscode.workspace.textDocuments) this.refresh(document);
  }

  async #look(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    const { version, uri } = document;
    const level = this.#settings.compressionHints;
    const found = level === 'off' ? [] : await this.#compressor.findings(document, level, signal);
    if (signal.aborted || document.isClosed || document.version !== version) return;
    const isIgnored = ignoredIn(this.#memory, document);
    const findings = found.filter((finding) => !isIgnored(finding));
    const diagnostics = findings.map((finding) => hint(finding));
    this.#shown.set(uri.fsPath, { version, findings, diagnostics });
    this.#collection.set(uri, diagnostics);
  }

  #forget({ uri }: vscode.TextDocument): void {
    this.#cancel(uri.fsPath);
    this.#shown.delete(uri.fsPath);
    this.#collection.delete(uri);
  }

  #cancel(path: string): void {
    const pending = this.#pending.get(path);
    clearTimeout(pending?.timer);
    pending?.stop.abort();
    this.#pending.delete(path);
  }
}

function hint({ rule, reason, tokensSaved, range }: CompressionFinding): vscode.Diagnostic {
  const message = `${ruleText(rule)}: ${reason} (${savedText(tokensSaved)})`;
  const diagnostic = new vscode.Diagnostic(toRange(range), message, vscode.DiagnosticSeverity.Hint);
  diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  diagnostic.source = 'Touchstone';
  diagnostic.code = rule;
  return diagnostic;
}
