import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCount } from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { choiceField, filterBarStyles, searchField } from '../shared/filterBar.ts';
import { visibleText } from '../shared/visibleText.ts';
import { type CaseFilter, type CaseOrder, caseOrders, changeFilters, NO_FILTER } from './viewState.ts';

const CHANGE_LABEL: { [change in CaseFilter['change']]: string } = {
  changed: 'Changed cases',
  improved: 'Improved',
  degraded: 'Degraded',
  unmeasured: 'Not measured',
  neutral: 'Neutral',
  all: 'All cases',
};

const ORDER_LABEL: { [order in CaseOrder]: string } = {
  worst: 'Worst first',
  best: 'Best first',
  dataset: 'Dataset order',
};

/** The bar above the table. Emits `filter` with the whole new filter, and `order`. */
export class CaseFilters extends LitElement {
  static override properties = {
    filter: { attribute: false },
    order: { attribute: false },
    tags: { attribute: false },
    intended: { type: Number },
    shown: { type: Number },
    total: { type: Number },
  };
  declare filter: CaseFilter;
  declare order: CaseOrder;
  declare tags: readonly string[];
  /** How many changes are marked as intended. */
  declare intended: number;
  declare shown: number;
  declare total: number;

  static override styles = [baseStyles, filterBarStyles];

  override render(): TemplateResult {
    const changes = changeFilters.map((value) => ({ value, label: CHANGE_LABEL[value] }));
    const orders = caseOrders.map((value) => ({ value, label: ORDER_LABEL[value] }));
    const tags = [
      { value: '', label: 'Any tag' },
      ...this.tags.map((value) => ({ value, label: visibleText(value) })),
    ];
    return html`
      ${searchField('ids, tags, reasons', this.filter.text, (text) => this.#set({ text }))}
      ${choiceField('Change', changes, this.filter.change, (value) => this.#set({ change: value as CaseFilter['change'] }))}
      ${this.tags.length > 0 ? choiceField('Tag', tags, this.filter.tag, (tag) => this.#set({ tag })) : nothing}
      ${choiceField('Order', orders, this.order, (value) =>
        this.dispatchEvent(new CustomEvent('order', { detail: value })),
      )}
      ${
        this.intended > 0
          ? html`<button
              class="link"
              aria-pressed=${this.filter.hide_intended}
              @click=${() => this.#set({ hide_intended: !this.filter.hide_intended })}
            >
              ${this.filter.hide_intended ? 'Show' : 'Hide'} ${formatCount(this.intended)} intended
            </button>`
          : nothing
      }
      <span class="shown dim" role="status">${formatCount(this.shown)} of ${counted(this.total, 'case')}</span>
      ${
        JSON.stringify(this.filter) === JSON.stringify(NO_FILTER)
          ? nothing
          : html`<button class="link" @click=${() => this.#set(NO_FILTER)}>Clear filters</button>`
      }
    `;
  }

  #set(change: Partial<CaseFilter>): void {
    this.dispatchEvent(new CustomEvent<CaseFilter>('filter', { detail: { ...this.filter, ...change } }));
  }
}
