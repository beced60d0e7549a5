import { css } from 'lit';

export const rowGridStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  .grid {
    height: 100%;
    overflow: auto;
    /* Rows above must not be kept in place by the browser too: the table does it itself. */
    overflow-anchor: none;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    contain: strict;
  }
  .grid:focus-visible {
    outline-offset: -1px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    font-weight: 600;
  }
  .head .row {
    cursor: default;
    height: 2em;
  }
  .head button {
    background: none;
    border: 0;
    padding: 0;
    font: inherit;
    color: inherit;
    cursor: pointer;
    white-space: nowrap;
  }
  .rows {
    position: relative;
    overflow: hidden;
  }
  .drawn {
    position: absolute;
    inset-inline: 0;
    top: 0;
  }
  .row {
    display: grid;
    align-items: center;
    gap: 0 0.9em;
    padding: 0 0.6em;
    cursor: pointer;
    white-space: nowrap;
  }
  .row > * {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .rows .row.odd {
    background: var(--vscode-keybindingTable-rowsBackground, transparent);
  }
  .rows .row:hover {
    background: var(--vscode-list-hoverBackground);
    color: var(--vscode-list-hoverForeground, inherit);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .rows .row[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  .rows .row.cursor {
    outline: 1px solid var(--vscode-contrastActiveBorder, var(--vscode-list-inactiveFocusOutline, transparent));
    outline-offset: -1px;
  }
  .grid:focus .row.cursor {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
    outline-color: var(--vscode-list-focusOutline, var(--vscode-focusBorder));
  }
  .grid:focus .row.cursor .dim {
    color: inherit;
  }
  .status {
    display: flex;
    align-items: center;
    gap: 0.35em;
  }
  .narrow .word {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .narrow .row {
    gap: 0 0.5em;
  }
  .narrow .status {
    flex-direction: column;
    gap: 0.1em;
  }
  .lines bdi {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .none {
    padding: 2.5em 1em;
    text-align: center;
  }
  @media (forced-colors: active) {
    .rows .row.cursor,
    .rows .row[aria-selected='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  @media print {
    .grid {
      height: auto;
      overflow: visible;
      contain: none;
    }
    .rows {
      overflow: visible;
    }
    .drawn {
      position: static;
    }
    .row {
      break-inside: avoid;
    }
  }
`;
