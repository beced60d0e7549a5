import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { formatScore } from '../../engine/model/figures.ts';
import type { CaseResult } from '../../protocol/runEntries.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { expectationWords } from '../report/expectationWords.ts';
import { actualText } from '../report/resultTexts.ts';

const STUDY = 'touchstone-study';
const JUDGEMENT = 'touchstone-judgement';
/** Pages kept; an older one can be made anew by the command. */
const KEPT = 20;

/** Documents can be opened by their address from anywhere, so it is checked. */
const address = z.object({
  runId: z.string(),
  target: z.string(),
  caseId: z.string(),
  trial: z.int(),
  evaluator: z.string(),
});
/** What one evaluator said of one output. */
export type JudgementAddress = z.output<typeof address>;

/** Read-only documents: the pages of studies, and what an evaluator said of an output. */
export class StudyDocuments implements vscode.Disposable {
  /** By the path of their address: a query is too small for them. */
  readonly #pages = new Map<string, string>();
  #made = 0;
  readonly #providers: vscode.Disposable;

  constructor(engine: EngineClient) {
    this.#providers = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(STUDY, {
        provideTextDocumentContent: ({ path }) =>
          this.#pages.get(path) ?? vscode.l10n.t('Run Compare Evaluators again to see this page.'),
      }),
      vscode.workspace.registerTextDocumentContentProvider(JUDGEMENT, {
        provideTextDocumentContent: ({ query }, token) =>
          judgementText(engine, address.parse(JSON.parse(query)), token),
      }),
    );
  }

  /** The address of a new page with the figures of two evaluators. */
  add(first: string, second: string, markdown: string): vscode.Uri {
    this.#made += 1;
    const path = `/${this.#made}/${fileName(first)} and ${fileName(second)}.md`;
    this.#pages.set(path, markdown);
    for (const [oldest] of this.#pages) {
      if (this.#pages.size <= KEPT) break;
      this.#pages.delete(oldest);
    }
    return vscode.Uri.from({ scheme: STUDY, path });
  }

  dispose(): void {
    this.#providers.dispose();
  }
}

/** Both judgements of an output in the diff editor. */
export async function openJudgements({ caseId, first, second }: JudgementPair): Promise<void> {
  const title = vscode.l10n.t('{0}: {1} ↔ {2}', caseId, first.evaluator, second.evaluator);
  await vscode.commands.executeCommand('vscode.diff', judgementUri(first), judgementUri(second), title);
}

/** The judgements of many outputs, one diff below the other. */
export async function openAllJudgements(title: string, pairs: readonly JudgementPair[]): Promise<void> {
  const changes = pairs.map(({ first, second }) => {
    const [before, after] = [judgementUri(first), judgementUri(second)];
    return [after, before, after];
  });
  await vscode.commands.executeCommand('vscode.changes', title, changes);
}

/** What two evaluators said of an output. */
export interface JudgementPair {
  caseId: string;
  first: JudgementAddress;
  second: JudgementAddress;
}

function judgementUri(one: JudgementAddress): vscode.Uri {
  return vscode.Uri.from({
    scheme: JUDGEMENT,
    path: `/${fileName(one.caseId)}.${fileName(one.evaluator)}.txt`,
    query: JSON.stringify(one),
  });
}

async function judgementText(
  engine: EngineClient,
  { runId, caseId, target, trial, evaluator }: JudgementAddress,
  token: vscode.CancellationToken,
): Promise<string> {
  const { results } = await engine.call('run/result', { runId, caseId }, token);
  const result = results.find((one) => one.target === target && one.trial === trial);
  const found = judgementOf(result, evaluator);
  if (!result || !found) return vscode.l10n.t('This run no longer contains the judgement.');
  const word = found.pass ? vscode.l10n.t('passes') : vscode.l10n.t('fails');
  const score = formatScore(typeof found.score === 'number' ? found.score : null);
  return [
    `${vscode.l10n.t('Verdict')}: ${word}`,
    `${vscode.l10n.t('Score')}: ${score}`,
    '',
    found.reason,
    '',
    `— ${vscode.l10n.t('Output')} —`,
    '',
    actualText(result, expectationWords()),
    '',
  ].join('\n');
}

/** Of one evaluator, or of all together. */
function judgementOf(result: CaseResult | undefined, evaluator: string) {
  if (evaluator === '(verdict)') return result && { ...result, pass: result.status === 'passed' };
  const found = result?.evaluations.find(({ name }) => name === evaluator);
  if (found?.status !== 'scored') return undefined;
  const { score, reason, pass } = found;
  return { score: score ?? null, reason, pass: pass === true };
}

function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, '_').slice(0, 60) || 'evaluator';
}
