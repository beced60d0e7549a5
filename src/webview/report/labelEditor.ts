import { css, html, LitElement, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import type { OutputLabel } from './messages.ts';

/** Longest reason, in UTF-16 units. */
const MOST = 2_000;

/** A person's verdict on an output, and why. Emits `label` with it, or null to remove it. */
export class LabelEditor extends LitElement {
  static override properties = { label: { attribute: false } };
  declare label: OutputLabel | null;

  static override styles = [
    baseStyles,
    css`
      h3 {
        margin: 1.4em 0 0.4em;
        font-size: 1em;
        font-weight: 600;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4em;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.3em;
        padding: 0.2em 0.7em;
        border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
        background: var(--vscode-button-secondaryBackground);
        color: var(--vscode-button-secondaryForeground);
        font: inherit;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-button-secondaryHoverBackground);
      }
      button[aria-pressed='true'] {
        background: var(--vscode-button-background);
        color: var(--vscode-button-foreground);
      }
      vscode-textfield {
        flex: 1 1 12em;
        width: auto;
        min-width: 0;
      }
      p {
        margin: 0.3em 0;
      }
    `,
  ];

  override render(): TemplateResult {
    const { label } = this;
    return html`<section aria-labelledby="title">
      <h3 id="title">Your label</h3>
      <div class="row" role="group" aria-label="Is this output correct?">
        ${this.#verdict(true, 'Correct', 'check')} ${this.#verdict(false, 'Incorrect', 'close')}
        <vscode-textfield
          label="Reason (optional)"
          placeholder="Reason (optional)"
          maxlength=${MOST}
          .value=${label?.note ?? ''}
          @change=${() => this.#onNote()}
        ></vscode-textfield>
      </div>
      <p class="dim" role="status">${this.#state()}</p>
    </section>`;
  }

  #verdict(pass: boolean, text: string, mark: IconName): TemplateResult {
    const pressed = this.label?.pass === pass;
    return html`<button
      aria-pressed=${pressed}
      @click=${() => this.#emit(pressed ? null : { pass, note: this.#note() })}
    >
      ${icon(mark)}${text}
    </button>`;
  }

  #state(): string {
    const { label } = this;
    if (!label)
      return 'Labels measure how reliable judges are. A label is saved in the dataset, for exactly this output.';
    return `Labelled ${label.pass ? 'correct' : 'incorrect'} in the dataset. Press the button again to remove the label.`;
  }

  /** A reason alone is not a label; it is saved with the verdict. */
  #onNote(): void {
    if (this.label && this.label.note !== this.#note())
      this.#emit({ pass: this.label.pass, note: this.#note() });
  }

  #note(): string {
    const field = this.renderRoot.querySelector<HTMLInputElement>('vscode-textfield');
    return (field?.value ?? '').trim().slice(0, MOST);
  }

  #emit(label: OutputLabel | null): void {
    this.dispatchEvent(new CustomEvent('label', { detail: label }));
  }
}
