import * as vscode from 'vscode';
import { formatCount } from '../../engine/model/figures.ts';
import { caseCount } from '../counts.ts';
import type { PromptCounts } from './promptCounts.ts';

/** Behind each variable: how many tokens its values have in the golden dataset. */
export class VariableHints implements vscode.InlayHintsProvider {
  readonly #counts: PromptCounts;
  readonly onDidChangeInlayHints: vscode.Event<void>;

  constructor(counts: PromptCounts) {
    this.#counts = counts;
    this.onDidChangeInlayHints = counts.onDidChange;
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    const found = await this.#counts.ask('token/variables', document, token);
    if (!found) return [];
    const sizes = new Map(found.variables.map((variable) => [variable.name, variable]));
    return found.places.flatMap(({ name, line, column }) => {
      const size = sizes.get(name);
      const at = new vscode.Position(line - 1, column - 1);
      if (!size || !range.contains(at)) return [];
      const hint = new vscode.InlayHint(at, `≈ ${formatCount(Math.round(size.median))}`);
      hint.paddingLeft = true;
      hint.tooltip = vscode.l10n.t(
        'Median {0} tokens, 90th percentile {1} ({2} in {3}).',
        formatCount(Math.round(size.median)),
        formatCount(Math.round(size.high)),
        caseCount(size.cases),
        found.sources.join(', '),
      );
      return [hint];
    });
  }
}
