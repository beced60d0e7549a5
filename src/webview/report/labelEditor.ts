import { css, html, LitElement, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import type { OutputLabel } from './messages.ts';

/** Longest reason, in UTF-16 units. */
const MOST = 2_000;

/** What a person says of an output: right or wrong, and why. Emits `label` with it, or null to take it back. */
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
      <div class="row" role="group" aria-label="Is this output right?">
        ${this.#verdict(true, 'Right', 'check')} ${this.#verdict(false, 'Wrong', 'close')}
        <vscode-textfield
          label="Why, if you like"
          placeholder="Why, if you like"
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
      return 'Judges are held to labels. A label is written into the dataset, for this very output.';
    return `Labelled ${label.pass ? 'right' : 'wrong'} in the dataset. Press again to take it back.`;
  }

  /** A reason alone is no label; it goes along when one is given. */
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
