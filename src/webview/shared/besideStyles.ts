import { css } from 'lit';

/** What stands beside a page, and in front of it where that is narrow. */
export const besideStyles = css`
  .beside {
    flex: none;
    height: 100%;
    border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  @media (max-width: 760px) {
    .beside.beside {
      position: fixed;
      inset: 0;
      z-index: 10;
      width: auto;
      border: 0;
    }
  }
`;
