import { html, nothing, type TemplateResult } from 'lit';
import { counted, formatCount } from '../../engine/model/figures.ts';
import type { SpanDetail, SpanFinding } from '../../protocol/traceRow.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';

/** Which convention a span follows, and what is odd about it, for whoever instrumented the agent. */
export function conventionsOf({ span, findings }: SpanDetail): TemplateResult {
  const conventions = span?.conventions ?? [];
  return html`<p>${conventions.length > 0 ? visibleText(conventions.join(', ')) : html`<span class="dim">None that is known</span>`}</p>
    ${
      findings.length === 0
        ? nothing
        : html`<ul class="findings">
            ${findings.map((finding) => html`<li>${icon('errored')}<span>${findingText(finding)}</span></li>`)}
          </ul>`
    }`;
}

function findingText(finding: SpanFinding): TemplateResult {
  switch (finding.kind) {
    case 'deprecated':
      return html`${code(finding.name)} is deprecated${finding.instead === null ? '' : html`; use ${code(finding.instead)}`}.`;
    case 'not-understood':
      return html`${code(finding.name)} was not understood.`;
    case 'cut':
      return html`${code(finding.name)} was cut off by its sender.`;
    case 'counted-once': {
      const { inputTokens, outputTokens } = finding;
      return html`Repeats ${formatCount(inputTokens)} input and ${counted(outputTokens, 'output token')} that are counted
      in the spans below it. Adding up all spans counts them twice.`;
    }
    case 'unpriced':
      return html`The price of ${finding.model === null ? 'its model' : code(finding.model)} is unknown. Set it under
      ${code('prices')} of its provider in touchstone.yaml.`;
    case 'no-tokens':
      return html`The call does not say how many tokens it used.`;
    case 'no-content':
      return html`The call does not include its messages.`;
    case 'missing-parent':
      return html`Its parent has not been received.`;
    case 'cycle':
      return html`Its parent ids form a cycle.`;
    case 'no-convention':
      return html`It follows none of the conventions for agents.`;
  }
}

function code(name: string): TemplateResult {
  return html`<bdi class="mono">${visibleText(name)}</bdi>`;
}
