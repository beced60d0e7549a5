import { css } from 'lit';
import { toolStyles } from '../shared/toolStyles.ts';
import { uplotStyles } from './uplotStyles.ts';

export const metricChartStyles = css`
  ${toolStyles}
  ${uplotStyles}
  :host {
    display: block;
    min-width: 0;
  }
  section {
    height: 100%;
    padding: 0.7em 0.8em 0.5em;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
  }
  header {
    display: grid;
    grid-template-columns: 1fr auto;
    column-gap: 0.6em;
  }
  h2 {
    margin: 0;
    font-size: 1em;
    font-weight: 600;
  }
  header .tool {
    grid-column: 2;
    grid-row: 1;
  }
  .tool[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground, var(--vscode-toolbar-hoverBackground));
    border-color: var(--vscode-inputOption-activeBorder, var(--vscode-contrastActiveBorder, currentColor));
  }
  .headline {
    grid-column: 1 / -1;
    margin: 0.1em 0 0;
    font-size: 1.5em;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .detail {
    grid-column: 1 / -1;
    margin: 0;
    min-height: 1.35em;
    font-variant-numeric: tabular-nums;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1.1em;
    margin: 0.45em 0 0.2em;
    padding: 0;
    list-style: none;
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 0.4em;
    min-width: 0;
  }
  .legend bdi {
    max-width: 16em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .legend .time {
    min-width: 6.5em;
  }
  .value {
    font-variant-numeric: tabular-nums;
    min-width: 3em;
  }
  .swatch {
    width: 22px;
    height: 6px;
    flex: none;
    forced-color-adjust: none;
  }
  .plot {
    height: 150px;
    overflow: hidden;
  }
  .none {
    margin: 0;
    padding: 3em 0;
    text-align: center;
  }
  .rows {
    max-height: 190px;
    margin-top: 0.5em;
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    font-weight: normal;
    text-align: start;
    white-space: nowrap;
  }
  th.number {
    text-align: end;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--vscode-editor-background);
    color: var(--vscode-descriptionForeground);
  }
  td,
  th {
    padding: 0.1em 0.5em 0.1em 0;
  }
`;
