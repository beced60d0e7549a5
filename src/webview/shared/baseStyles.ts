import { css } from 'lit';

/** What every component of the pages shares. Colours are VS Code's variables only. */
export const baseStyles = css`
  :host {
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    font-weight: var(--vscode-font-weight);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  .icon {
    width: 1.15em;
    height: 1.15em;
    vertical-align: text-bottom;
    flex: none;
    fill: currentColor;
  }
  .icon-passed {
    color: var(--vscode-testing-iconPassed);
  }
  .icon-failed {
    color: var(--vscode-testing-iconFailed);
  }
  .icon-errored,
  .icon-fallback,
  .icon-flaky,
  .icon-unknown {
    color: var(--vscode-testing-iconQueued);
  }
  .icon-skipped {
    color: var(--vscode-testing-iconSkipped);
  }
  .icon-running {
    color: var(--vscode-progressBar-background);
  }
  .dim {
    color: var(--vscode-descriptionForeground);
  }
  .number {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .mono,
  pre {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button.link {
    background: none;
    border: 0;
    padding: 0;
    font: inherit;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
    text-align: start;
    overflow-wrap: anywhere;
  }
  button.link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }
  @media print {
    .no-print {
      display: none !important;
    }
  }
`;
