import { css } from 'lit';
import { pageStyles } from '../shared/pageStyles.ts';
import { toolStyles } from '../shared/toolStyles.ts';

export const traceAppStyles = css`
  ${pageStyles}
  ${toolStyles}
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
    padding: 0.25em;
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
    width: clamp(24em, 40%, 56em);
  }
`;
