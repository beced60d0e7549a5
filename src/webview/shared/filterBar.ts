import { css, html, type TemplateResult } from 'lit';
import { icon } from './icons.ts';

export interface Choice {
  value: string;
  label: string;
}

/** The bar of fields above a table. */
export const filterBarStyles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em;
  }
  vscode-textfield {
    flex: 2 1 14em;
    width: auto;
    min-width: 0;
  }
  vscode-single-select {
    flex: 1 1 8.5em;
    width: auto;
    min-width: 0;
    max-width: 16em;
  }
  .shown {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
`;

/** `fields` names what is searched: "ids, tags, reasons". */
export function searchField(fields: string, text: string, search: (text: string) => void): TemplateResult {
  return html`<vscode-textfield
    type="search"
    label="Search ${fields}"
    placeholder="Search ${fields}"
    .value=${text}
    @input=${(event: Event) => search(chosenValue(event))}
  >
    <span slot="content-before">${icon('search')}</span>
    <!-- Keeps the input off the border, which it would cover at a fraction of a pixel. -->
    <span slot="content-after"></span>
  </vscode-textfield>`;
}

export function choiceField(
  label: string,
  choices: readonly Choice[],
  value: string,
  choose: (value: string) => void,
): TemplateResult {
  return html`<vscode-single-select
    label=${label}
    aria-label=${label}
    title=${label}
    .value=${value}
    @change=${(event: Event) => choose(chosenValue(event))}
  >
    ${choices.map(
      (choice) =>
        html`<vscode-option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</vscode-option>`,
    )}
  </vscode-single-select>`;
}

function chosenValue(event: Event): string {
  return (event.currentTarget as HTMLInputElement).value;
}
