import { css } from 'lit';
import { pageStyles } from '../shared/pageStyles.ts';

const line = css`1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent))`;

export const deploymentAppStyles = css`
  ${pageStyles}
  .page {
    gap: 1.4em;
    max-width: 90em;
  }
  h1 {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.2em 0.8em;
    margin: 0;
    font-size: 1.5em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .versions {
    font-size: 0.8em;
    font-weight: normal;
  }
  h2 {
    display: flex;
    align-items: center;
    gap: 0.3em;
    margin: 0 0 0.5em;
    font-size: 1em;
    font-weight: 600;
  }
  p {
    margin: 0.3em 0 0;
    overflow-wrap: anywhere;
  }
  .phase {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em;
    font-size: 1.15em;
  }
  .left,
  .weight,
  .state,
  time {
    font-variant-numeric: tabular-nums;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    margin-top: 0.8em;
  }
  .notice {
    display: flex;
    align-items: center;
    gap: 0.5em;
    margin-top: 0.6em;
    padding: 0.5em 0.8em;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border);
    background: var(--vscode-textBlockQuote-background);
    overflow-wrap: anywhere;
  }
  .empty {
    padding: 4em 1em;
    text-align: center;
  }
  .empty p {
    max-width: 44em;
    margin: 0 auto 1em;
  }
  .side {
    overflow-wrap: anywhere;
  }
  /* A mark of its own beside each colour: a circle for blue, a square for green. */
  .side::before {
    content: '';
    display: inline-block;
    width: 0.65em;
    height: 0.65em;
    margin-inline-end: 0.35em;
    background: currentColor;
  }
  .side.blue::before {
    border-radius: 50%;
    background: var(--vscode-charts-blue, currentColor);
  }
  .side.green::before {
    background: var(--vscode-charts-green, currentColor);
  }
  .fill-blue {
    fill: var(--vscode-charts-blue, currentColor);
  }
  .fill-green {
    fill: var(--vscode-charts-green, currentColor);
  }
  .stroke-blue {
    stroke: var(--vscode-charts-blue, currentColor);
    stroke-width: 2;
  }
  .stroke-green {
    stroke: var(--vscode-charts-green, currentColor);
    stroke-width: 2;
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    margin: 0;
    padding: 0;
    list-style: none;
    row-gap: 0.8em;
  }
  .step {
    position: relative;
    flex: 1 1 6em;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 0.1em;
    text-align: center;
  }
  /* The line from the step before. */
  .step:not(:first-child)::before {
    content: '';
    position: absolute;
    top: 0.8em;
    inset-inline-start: calc(-50% + 1em);
    width: calc(100% - 2em);
    border-top: 2px solid var(--vscode-descriptionForeground);
    opacity: 0.4;
  }
  .step.passed::before,
  .step.current::before,
  .step.paused::before,
  .step.failed::before {
    opacity: 1;
    border-color: var(--vscode-testing-iconPassed);
  }
  .dot {
    display: flex;
    align-items: center;
    height: 1.6em;
  }
  .dot .icon {
    width: 1.5em;
    height: 1.5em;
  }
  .next {
    color: var(--vscode-descriptionForeground);
  }
  .current .weight,
  .paused .weight,
  .failed .weight {
    font-weight: 600;
  }
  .state {
    font-size: 0.9em;
  }
  .traffic {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.3em 0.8em;
    margin-top: 1em;
  }
  .traffic svg {
    flex: 1 1 12em;
    height: 0.6em;
    border: ${line};
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.25em 1.6em 0.25em 0;
    text-align: start;
    vertical-align: middle;
    border-bottom: ${line};
  }
  thead th {
    font-weight: 600;
  }
  thead .dim,
  tbody th {
    font-weight: normal;
  }
  tbody td {
    overflow-wrap: anywhere;
    min-width: 9em;
  }
  td.plot {
    min-width: 0;
    padding-block: 0;
  }
  .plot svg {
    display: block;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 24em), 1fr));
    gap: 1.4em;
  }
  ul.plain {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .plain li {
    display: flex;
    gap: 0.5em;
    padding: 0.15em 0;
    overflow-wrap: anywhere;
  }
  .plain li > span {
    min-width: 0;
  }
  .clause .icon {
    margin-top: 0.15em;
  }
  code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  .entry-wish span {
    font-style: italic;
  }
  time {
    flex: none;
  }
  @media (max-width: 760px) {
    .page {
      gap: 1em;
    }
    th,
    td {
      padding-inline-end: 0.8em;
    }
    .plot {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .icon-running {
      animation: turn 2s linear infinite;
    }
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
`;
