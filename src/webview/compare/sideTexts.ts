import { html, type TemplateResult } from 'lit';
import { outputContent } from '../report/caseContent.ts';
import type { ResultDetail } from '../report/entries.ts';
import { visibleText } from '../shared/visibleText.ts';
import { type DiffPart, wordDiff } from '../shared/wordDiff.ts';
import type { PairEntry } from './entries.ts';

/** Both outputs side by side; what only one of them has is marked, word by word. */
export function outputsBeside({ baseline, candidate }: PairEntry): TemplateResult {
  const parts = comparable(baseline, candidate);
  return html`<div class="beside">
    <div>
      <h4>Baseline</h4>
      ${parts ? marked(parts, 'removed') : outputOf(baseline)} ${warningsOf(baseline)}
    </div>
    <div>
      <h4>Candidate</h4>
      ${parts ? marked(parts, 'added') : outputOf(candidate)} ${warningsOf(candidate)}
    </div>
  </div>`;
}

/** What a person should know about a call although it brought an answer, e.g. where its tools first differed. */
function warningsOf(result: ResultDetail | null): TemplateResult[] {
  return (result?.output.warnings ?? []).map((text) => html`<p class="problem">${visibleText(text)}</p>`);
}

function comparable(before: ResultDetail | null, after: ResultDetail | null): DiffPart[] | null {
  if (!before || !after) return null;
  if (before.output.status !== 'complete' || after.output.status !== 'complete') return null;
  if (before.output.text === '' || after.output.text === '') return null;
  return wordDiff(visibleText(before.output.text), visibleText(after.output.text));
}

function marked(parts: readonly DiffPart[], own: 'added' | 'removed'): TemplateResult {
  const shown = parts.filter(({ kind }) => kind === 'same' || kind === own);
  return html`<pre class="compared" dir="auto" tabindex="0">${shown.map(({ kind, text }) => {
    if (kind === 'same') return text;
    return own === 'added' ? html`<ins>${text}</ins>` : html`<del>${text}</del>`;
  })}</pre>`;
}

function outputOf(result: ResultDetail | null): TemplateResult {
  return result ? outputContent(result) : html`<p class="dim">The result is not stored any more.</p>`;
}
