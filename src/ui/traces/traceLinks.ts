import * as vscode from 'vscode';

/** An id of a trace as logs write it: 32 hexadecimal digits, alone, and not all of them 0. */
const TRACE_ID = /(?<![0-9a-f])(?!0{32})[0-9a-f]{32}(?![0-9a-f])/gi;
/** What logs call an id of a trace: 32 digits may as well be a hash. */
const NAMED = /trace[\s_-]?(?:id)?["'\]]?\s*[=:]?\s*["'[]?$|traceparent["'\]]?\s*[=:]?\s*["']?00-$/i;

/** Longest line of a terminal, and of a document, that is looked through. */
const LONGEST_LINE = 4_000;
/** Links of one document. */
const MOST_LINKS = 2_000;

interface TraceLink extends vscode.TerminalLink {
  traceId: string;
}

/** Ids of traces in terminals and logs lead to their traces. Whether there is such a trace is seen when it is opened. */
export function registerTraceLinks(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.registerTerminalLinkProvider({
      provideTerminalLinks: ({ line }) =>
        traceIdsIn(line).map(({ id, index, named }) => ({
          startIndex: index,
          length: id.length,
          tooltip: named ? vscode.l10n.t('Open trace') : vscode.l10n.t('Open as trace'),
          traceId: id.toLowerCase(),
        })),
      handleTerminalLink: async ({ traceId }: TraceLink) => {
        await vscode.commands.executeCommand('touchstone.traces.open', { traceId });
      },
    }),
    vscode.languages.registerDocumentLinkProvider(LOGS, { provideDocumentLinks }),
  );
}

/** Files in which programs write what they did. In others, 32 digits are hashes far more often. */
const LOGS: vscode.DocumentSelector = [
  { language: 'log' },
  { scheme: 'output' },
  { pattern: '**/*.{log,jsonl,ndjson}' },
  { pattern: '**/{log,logs}/**/*.{txt,json}' },
];

/** Exported for tests. Positions count from 0, in UTF-16 units. */
export function traceIdsIn(line: string): { id: string; index: number; named: boolean }[] {
  return [...line.slice(0, LONGEST_LINE).matchAll(TRACE_ID)].map(({ 0: id, index }) => ({
    ...{ id, index },
    named: NAMED.test(line.slice(Math.max(0, index - 40), index)),
  }));
}

function provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
  const links: vscode.DocumentLink[] = [];
  for (let line = 0; line < document.lineCount && links.length < MOST_LINKS; line += 1) {
    for (const { id, index } of traceIdsIn(document.lineAt(line).text)) {
      const range = new vscode.Range(line, index, line, index + id.length);
      const link = new vscode.DocumentLink(range, openUri(id.toLowerCase()));
      link.tooltip = vscode.l10n.t('Open trace');
      links.push(link);
    }
  }
  return links;
}

function openUri(traceId: string): vscode.Uri {
  const given = encodeURIComponent(JSON.stringify([{ traceId }]));
  return vscode.Uri.parse(`command:touchstone.traces.open?${given}`);
}
