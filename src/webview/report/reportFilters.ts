import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCount } from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type Choice, choiceField, filterBarStyles, searchField } from '../shared/filterBar.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { RunHead } from './entries.ts';
import { stageText } from './figures.ts';
import { NO_FILTER, type RowFilter, statusFilters } from './viewState.ts';

const STATUS_LABEL: { [status in RowFilter['status']]: string } = {
  all: 'Any status',
  passed: 'Passed',
  failed: 'Failed',
  errored: 'Errored',
  flaky: 'Flaky',
};

/** The bar above the table. Emits `filter` with the whole new filter. */
export class ReportFilters extends LitElement {
  static override properties = {
    head: { attribute: false },
    filter: { attribute: false },
    shown: { type: Number },
    total: { type: Number },
  };
  declare head: RunHead;
  declare filter: RowFilter;
  declare shown: number;
  declare total: number;

  static override styles = [baseStyles, filterBarStyles];

  override render(): TemplateResult {
    const { summary } = this.head;
    const names = (items: readonly string[]) => items.map((value) => ({ value, label: visibleText(value) }));
    return html`
      ${searchField('ids, inputs, outputs, reasons', this.filter.text, (text) => this.#set({ text }))}
      ${this.#select('status', 'Status', statusChoices())}
      ${this.#select('target', 'Target', withAny('Any target', names(summary.targets.map(({ target }) => target))), 2)}
      ${this.#select('tag', 'Tag', withAny('Any tag', names(summary.tags.map(({ tag }) => tag))), 1)}
      ${this.#select(
        'stage',
        'Stage',
        withAny(
          'Any stage',
          summary.stages.map(({ stage }) => ({ value: stage, label: stageText(stage) })),
        ),
        2,
      )}
      ${this.#select('evaluator', 'Failed evaluator', withAny('Any evaluator', names(summary.evaluators.map(({ name }) => name))), 1)}
      <span class="shown dim" role="status">${this.#count()}</span>
      ${
        this.#isEmpty()
          ? nothing
          : html`<button class="link" @click=${() => this.#set(NO_FILTER)}>Clear filters</button>`
      }
    `;
  }

  /** Not shown when it could not narrow anything: with fewer than `least` real values. */
  #select(key: keyof RowFilter, label: string, choices: readonly Choice[], least = 0) {
    const value = this.filter[key];
    if (choices.length <= least && value === '') return nothing;
    return choiceField(label, choices, value, (chosen) => this.#set({ [key]: chosen }));
  }

  #count(): string {
    if (this.#isEmpty()) return counted(this.total, 'result');
    return `${formatCount(this.shown)} of ${counted(this.total, 'result')}`;
  }

  #isEmpty(): boolean {
    return Object.entries(NO_FILTER).every(([key, value]) => this.filter[key as keyof RowFilter] === value);
  }

  #set(change: Partial<RowFilter>): void {
    this.dispatchEvent(new CustomEvent<RowFilter>('filter', { detail: { ...this.filter, ...change } }));
  }
}

function statusChoices(): Choice[] {
  return statusFilters.map((value) => ({ value, label: STATUS_LABEL[value] }));
}

function withAny(any: string, choices: readonly Choice[]): Choice[] {
  return [{ value: '', label: any }, ...choices];
}
