import { css } from 'lit';

export const verdictHeadStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  h1 {
    display: flex;
    align-items: center;
    gap: 0.4em;
    margin: 0;
    font-size: 1.5em;
    font-weight: 600;
  }
  p {
    margin: 0.3em 0 0;
    overflow-wrap: anywhere;
  }
  .reason {
    font-size: 1.1em;
  }
  vscode-progress-bar {
    margin-top: 0.6em;
  }
  ul {
    list-style: none;
    margin: 0.6em 0 0;
    padding: 0;
  }
  li {
    padding: 0.1em 0;
    overflow-wrap: anywhere;
  }
  .gate li,
  .files li {
    display: flex;
    gap: 0.4em;
  }
  .gate .icon,
  .files .icon {
    margin-top: 0.1em;
  }
  .scroll {
    overflow-x: auto;
    margin-top: 0.8em;
  }
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.2em 1.2em 0.2em 0;
    text-align: end;
    white-space: nowrap;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  tbody th {
    font-weight: 600;
  }
  @container (max-width: 36em) {
    th,
    td {
      padding-inline-end: 0.7em;
    }
    th:last-child,
    td:last-child {
      padding-inline-end: 0;
      white-space: normal;
    }
  }
  details {
    margin-top: 0.7em;
  }
  summary {
    cursor: pointer;
  }
  @media (prefers-reduced-motion: no-preference) {
    .icon-running {
      animation: turn 1.5s linear infinite;
    }
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
`;
