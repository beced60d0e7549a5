import { html, type TemplateResult } from 'lit';
import type { MetricMark } from '../../protocol/metricEntries.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { momentText } from './timeTexts.ts';

/** What happened in the range, the latest first. Nothing where nothing did. */
export function markList(marks: readonly MetricMark[], open: (mark: MetricMark) => void): TemplateResult {
  return html`<section class="marks" aria-labelledby="marks-title">
    <h2 id="marks-title">Runs and alerts</h2>
    ${
      marks.length === 0
        ? html`<p class="dim">None in this range</p>`
        : html`<ul>
            ${marks.toReversed().map(
              (mark) => html`<li>
                <span class="dim moment">${momentText(mark.timeMs)}</span>
                <span class="mark-${signOf(mark)}">${icon(iconOf(mark))}</span>
                <button class="link" @click=${() => open(mark)}>${visibleText(markText(mark))}</button>
              </li>`,
            )}
          </ul>`
    }
  </section>`;
}

function signOf(mark: MetricMark): string {
  return mark.kind === 'run' ? 'run' : mark.state;
}

function iconOf(mark: MetricMark): IconName {
  if (mark.kind === 'alert') return mark.state === 'firing' ? 'bell' : 'check';
  if (mark.passed === null) return 'unknown';
  return mark.passed ? 'passed' : 'failed';
}

function markText(mark: MetricMark): string {
  if (mark.kind === 'run') {
    const word = mark.passed === null ? 'no verdict' : mark.passed ? 'passed' : 'failed';
    return `Run of ${mark.suite}: ${word}`;
  }
  const words = { firing: 'is firing', resolved: 'is resolved', withdrawn: 'was withdrawn' };
  return `Alert ${mark.alert} ${words[mark.state]}${mark.text === '' ? '' : `: ${mark.text}`}`;
}
