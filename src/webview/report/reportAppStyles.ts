import { css } from 'lit';

export const reportAppStyles = css`
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
    gap: 0.9em;
    padding: 1em 1.2em;
  }
  .page > * {
    flex: none;
  }
  .page > result-table {
    flex: 1 0 22em;
  }
  case-drawer {
    flex: none;
    width: clamp(24em, 42%, 60em);
    height: 100%;
    border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .runs {
    width: min(100%, 40em);
  }
  .waiting {
    padding: 3em 1em;
    text-align: center;
  }
  @media (max-width: 760px) {
    .page {
      padding: 0.8em;
    }
    case-drawer {
      position: fixed;
      inset: 0;
      z-index: 10;
      width: auto;
      border: 0;
    }
  }
  @media print {
    :host,
    main,
    .page,
    case-drawer {
      height: auto;
      overflow: visible;
    }
    main {
      display: block;
    }
    case-drawer {
      position: static;
      width: auto;
      border: 0;
    }
  }
`;
