import { html, nothing, type TemplateResult } from 'lit';
import type { StepReportEntry } from '../../protocol/deploymentEntries.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';

const ICONS = { pass: 'passed', fail: 'failed', undecided: 'unknown', 'not-asked': 'skipped' } as const;
const WORDS = { pass: 'pass', fail: 'fail', undecided: 'undecided', 'not-asked': 'not asked' } as const;

/** What the gate says of the samples of this step, clause by clause. */
export function gateList({ status, reason, clauses }: StepReportEntry): TemplateResult {
  return html`<section aria-labelledby="gate">
    <h2 id="gate">Gate of this step: ${icon(ICONS[status])} ${WORDS[status]}</h2>
    ${reason === null || clauses.length > 0 ? nothing : html`<p>${visibleText(reason)}</p>`}
    <ul class="plain">
      ${clauses.map(
        (clause) =>
          html`<li class="clause">
            ${icon(ICONS[clause.status])}<span class="visually-hidden">${WORDS[clause.status]}: </span>
            <span><code>${visibleText(clause.name)}</code> ${visibleText(clause.reason)}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}
