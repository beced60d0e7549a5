import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../engine/reports/figures.ts';
import { baseStyles } from './baseStyles.ts';
import { visibleText } from './visibleText.ts';

/** UTF-16 units that are shown at first: laying out a megabyte without a space takes a browser seconds. */
const FIRST_LENGTH = 20_000;

/** A text as it stands, with its line breaks; a very long one is cut until a person asks for the rest. */
export class TextBlock extends LitElement {
  static override properties = { text: { attribute: false }, whole: { state: true } };
  declare text: string;
  declare whole: boolean;

  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      pre {
        margin: 0;
        padding: 0.5em 0.7em;
        background: var(--vscode-textCodeBlock-background);
        border: 1px solid var(--vscode-contrastBorder, transparent);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 32em;
        overflow: auto;
      }
      @media print {
        pre {
          max-height: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.text = '';
    this.whole = false;
  }

  override render(): TemplateResult {
    const cut = !this.whole && this.text.length > FIRST_LENGTH;
    const shown = cut ? this.text.slice(0, FIRST_LENGTH).toWellFormed() : this.text;
    return html`<pre dir="auto" tabindex="0">${visibleText(shown)}${cut ? '…' : ''}</pre>
      ${
        cut
          ? html`<button class="link no-print" @click=${this.#showWhole}>
              Show all ${formatCount(this.text.length)} characters
            </button>`
          : nothing
      }`;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.whole = false;
  }

  #showWhole(): void {
    this.whole = true;
  }
}
