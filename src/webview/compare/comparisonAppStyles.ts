import { css } from 'lit';

export const comparisonAppStyles = css`
  .page > case-table {
    flex: 1 0 18em;
  }
  pair-drawer {
    display: block;
    flex: none;
    width: clamp(26em, 50%, 70em);
    height: 100%;
    border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    position: absolute;
    inset-block-start: 0.8em;
    inset-inline-end: 1.2em;
    z-index: 2;
  }
  .page {
    position: relative;
  }
  @media (max-width: 760px) {
    .actions {
      position: static;
    }
    pair-drawer {
      position: fixed;
      inset: 0;
      z-index: 10;
      width: auto;
      border: 0;
    }
  }
  @media print {
    pair-drawer {
      height: auto;
      position: static;
      width: auto;
      border: 0;
    }
  }
`;
