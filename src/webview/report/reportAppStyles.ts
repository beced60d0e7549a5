import { css } from 'lit';
import { pageStyles } from '../shared/pageStyles.ts';

export const reportAppStyles = css`
  ${pageStyles}
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
  @media (max-width: 760px) {
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
