import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../engine/model/figures.ts';
import { baseStyles } from './baseStyles.ts';
import { visibleText } from './visibleText.ts';

/** UTF-16 units shown at first: laying out a megabyte without spaces takes a browser seconds. */
const FIRST_LENGTH = 20_000;

/** The same for inline text, such as a reason. */
const FIRST_LENGTH_PLAIN = 2_000;

/**
 * Text with its line breaks; a very long text is cut until the reader asks for the rest. `plain`: without a box, in the
 * surrounding font.
 */
export class TextBlock extends LitElement {
  static override properties = {
    text: { attribute: false },
    plain: { type: Boolean, reflect: true },
    whole: { state: true },
  };
  declare text: string;
  declare plain: boolean;
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
      :host([plain]) pre {
        padding: 0;
        background: none;
        border: 0;
        font: inherit;
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
    this.plain = false;
    this.whole = false;
  }

  override render(): TemplateResult {
    const limit = this.plain ? FIRST_LENGTH_PLAIN : FIRST_LENGTH;
    const cut = !this.whole && this.text.length > limit;
    const shown = cut ? this.text.slice(0, limit).toWellFormed() : this.text;
    return html`<pre dir="auto" tabindex=${this.plain ? nothing : 0}>${visibleText(shown)}${cut ? '…' : ''}</pre>
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
