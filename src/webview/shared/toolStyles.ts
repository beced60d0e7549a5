import { css } from 'lit';

/** Buttons that are an icon. */
export const toolStyles = css`
  .tool {
    background: none;
    border: 1px solid transparent;
    border-radius: 4px;
    padding: 0.2em;
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
`;
