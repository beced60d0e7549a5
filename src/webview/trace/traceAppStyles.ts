import { css } from 'lit';

export const traceAppStyles = css`
  :host {
    display: block;
    height: 100vh;
    background: var(--vscode-editor-background);
  }
  main {
    display: flex;
    height: 100%;
  }
  .page {
    flex: 1 1 0;
    min-width: 0;
    height: 100%;
    overflow: auto;
    display: flex;
    flex-direction: column;
    gap: 0.8em;
    padding: 1em 1.2em;
  }
  .page > * {
    flex: none;
  }
  .page > waterfall-grid {
    flex: 1 0 14em;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.3em;
  }
  .toolbar vscode-textfield {
    flex: 1 1 12em;
    max-width: 24em;
    width: auto;
    min-width: 0;
  }
  .tool {
    display: inline-flex;
    background: none;
    border: 1px solid transparent;
    border-radius: 4px;
    padding: 0.25em;
    color: inherit;
    cursor: pointer;
    line-height: 1;
  }
  .tool .icon {
    width: 1.3em;
    height: 1.3em;
  }
  .tool:hover {
    background: var(--vscode-toolbar-hoverBackground);
    border-color: var(--vscode-contrastActiveBorder, transparent);
  }
  .tool[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground, var(--vscode-toolbar-hoverBackground));
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-contrastActiveBorder, currentColor));
  }
  .separator {
    width: 0.5em;
  }
  .shown {
    margin-inline-start: auto;
    white-space: nowrap;
  }
  span-drawer {
    flex: none;
    width: clamp(24em, 40%, 56em);
    height: 100%;
    border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .waiting {
    padding: 3em 1em;
    text-align: center;
  }
  @media (max-width: 760px) {
    .page {
      padding: 0.8em;
    }
    span-drawer {
      position: fixed;
      inset: 0;
      z-index: 10;
      width: auto;
      border: 0;
    }
  }
`;
