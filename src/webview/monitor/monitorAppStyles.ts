import { css } from 'lit';
import { pageStyles } from '../shared/pageStyles.ts';

export const monitorAppStyles = css`
  ${pageStyles}
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
  }
  .bar vscode-single-select {
    flex: 0 1 11em;
    width: auto;
    min-width: 8em;
  }
  .ranges {
    display: flex;
    flex-wrap: wrap;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  .ranges button {
    padding: 0.25em 0.7em;
    border: 1px solid transparent;
    border-radius: 3px;
    background: none;
    color: inherit;
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  .ranges button:hover {
    background: var(--vscode-toolbar-hoverBackground);
    border-color: var(--vscode-contrastActiveBorder, transparent);
  }
  .ranges button[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground, var(--vscode-toolbar-hoverBackground));
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-contrastActiveBorder, currentColor));
    color: var(--vscode-inputOption-activeForeground, inherit);
  }
  .zoomed {
    display: flex;
    gap: 0.6em;
    font-variant-numeric: tabular-nums;
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 27em), 1fr));
    gap: 0.8em;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
    padding: 0.5em 0.8em;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border);
    background: var(--vscode-textBlockQuote-background);
  }
  .notice span {
    flex: 1 1 14em;
  }
  .empty {
    padding: 4em 1em;
    text-align: center;
  }
  .empty p {
    max-width: 44em;
    margin: 0 auto 1em;
  }
  .marks h2 {
    margin: 0 0 0.3em;
    font-size: 1em;
    font-weight: 600;
  }
  .marks p {
    margin: 0;
  }
  .marks ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .marks li {
    display: flex;
    align-items: baseline;
    gap: 0.6em;
    padding: 0.1em 0;
  }
  .moment {
    flex: none;
    font-variant-numeric: tabular-nums;
  }
  .mark-firing {
    color: var(--vscode-charts-red, var(--vscode-testing-iconFailed));
  }
  .mark-resolved {
    color: var(--vscode-charts-green, var(--vscode-testing-iconPassed));
  }
  trace-list {
    width: clamp(20em, 34%, 40em);
  }
  @media (max-width: 760px) {
    .marks li {
      flex-wrap: wrap;
    }
  }
`;
