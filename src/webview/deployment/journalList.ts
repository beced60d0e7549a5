import { html, nothing, type TemplateResult } from 'lit';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { visibleText } from '../shared/visibleText.ts';

/** Entries that are shown before a person asks for all. */
const FEW = 8;

/** What happened, the newest first. */
export function journalList(
  journal: DeploymentEntry['journal'],
  isWhole: boolean,
  toggle: () => void,
): TemplateResult | typeof nothing {
  if (journal.length === 0) return nothing;
  const newest = journal.toReversed();
  const shown = isWhole ? newest : newest.slice(0, FEW);
  return html`<section aria-labelledby="journal">
    <h2 id="journal">Journal</h2>
    <ul class="plain journal">
      ${shown.map(
        ({ atMs, text, by, kind }) =>
          html`<li class="entry-${kind}">
            <time class="dim" datetime=${new Date(atMs).toISOString()}>${timeText(atMs)}</time>
            <span>${visibleText(text)} <span class="dim">(${visibleText(by)})</span></span>
          </li>`,
      )}
    </ul>
    ${
      newest.length > FEW
        ? html`<button class="link" aria-expanded=${isWhole ? 'true' : 'false'} @click=${toggle}>
            ${isWhole ? 'Show fewer' : `Show all ${newest.length}`}
          </button>`
        : nothing
    }
  </section>`;
}

function timeText(ms: number): string {
  return new Date(ms).toLocaleTimeString(document.documentElement.lang || 'en', { hourCycle: 'h23' });
}
