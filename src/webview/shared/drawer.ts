import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { type IconName, icon } from './icons.ts';
import { visibleText } from './visibleText.ts';

/** How an action is shown. */
export interface ActionText {
  label: string;
  mark: IconName;
}

/**
 * One entry of a table in full, beside it. Emits `close`, `step` (−1 or 1: the previous or next entry) and `action`;
 * Escape closes it.
 */
export abstract class Drawer extends LitElement {
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.emit('close', null);
  };

  override focus(): void {
    this.renderRoot?.querySelector<HTMLElement>('h2')?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#onKey);
  }

  /** `noun` is what one steps through: "case". */
  protected head(mark: IconName, title: string, noun: string): TemplateResult {
    return html`<header>
      <h2 id="title" tabindex="-1">${icon(mark)}<bdi>${visibleText(title)}</bdi></h2>
      <div class="tools no-print">
        ${tool('up', `Previous ${noun}`, () => this.emit('step', -1))}
        ${tool('down', `Next ${noun}`, () => this.emit('step', 1))}
        ${tool('close', 'Close (Escape)', () => this.emit('close', null))}
      </div>
    </header>`;
  }

  protected actionBar<Action extends string>(
    actions: readonly Action[],
    texts: { [action in Action]: ActionText },
  ): TemplateResult | typeof nothing {
    if (actions.length === 0) return nothing;
    return html`<div class="actions no-print" role="group" aria-label="Actions">
      ${actions.map((action) => {
        const { label, mark } = texts[action];
        return html`<vscode-button secondary @click=${() => this.emit('action', action)}>
          <span slot="content-before">${icon(mark)}</span>${label}
        </vscode-button>`;
      })}
    </div>`;
  }

  protected emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

export function section(title: string, content: unknown, aside: unknown = nothing): TemplateResult {
  return html`<section>
    <h3>${title}${aside}</h3>
    ${content}
  </section>`;
}

function tool(mark: IconName, label: string, act: () => void): TemplateResult {
  return html`<button class="tool" aria-label=${label} title=${label} @click=${act}>${icon(mark)}</button>`;
}
