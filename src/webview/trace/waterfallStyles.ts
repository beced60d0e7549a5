import { css } from 'lit';

/** Colours of the kinds of spans; icons and words say the same without them. */
export const roleColors = css`
  .role-agent {
    --role: var(--vscode-charts-purple, #b180d7);
  }
  .role-model {
    --role: var(--vscode-charts-blue, #3794ff);
  }
  .role-tool {
    --role: var(--vscode-charts-yellow, #cca700);
  }
  .role-retrieval,
  .role-embedding {
    --role: var(--vscode-charts-green, #89d185);
  }
  .role-evaluator,
  .role-guardrail {
    --role: var(--vscode-symbolIcon-eventForeground, #d67e00);
  }
  .role-other {
    --role: var(--vscode-descriptionForeground);
  }
  .role-icon .icon {
    color: var(--role);
  }
`;

export const waterfallStyles = css`
  .name {
    display: flex;
    align-items: center;
    gap: 0.35em;
    height: 100%;
    min-width: 0;
  }
  .name .title {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .name.error .title {
    color: var(--vscode-list-errorForeground, var(--vscode-testing-iconFailed));
  }
  .grid:focus .row.cursor .name.error .title {
    color: inherit;
  }
  .name.missing .title {
    font-style: italic;
    color: var(--vscode-descriptionForeground);
  }
  .twistie {
    flex: none;
    width: 1.2em;
    height: 100%;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    cursor: pointer;
  }
  .twistie .icon {
    vertical-align: middle;
  }
  .role-icon {
    flex: none;
    display: inline-flex;
  }
  .note {
    flex: none;
    color: var(--vscode-descriptionForeground);
    font-size: 0.9em;
  }
  .grid:focus .row.cursor .note {
    color: inherit;
  }
  .row > .time {
    position: relative;
    align-self: stretch;
    overflow: hidden;
  }
  .bar {
    position: absolute;
    top: 22%;
    bottom: 22%;
    min-width: 3px;
    border-radius: 2px;
    background: var(--role);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
    outline-offset: -1px;
  }
  .bar.missing {
    background: none;
    border: 1px dashed var(--vscode-descriptionForeground);
  }
  .bar.error {
    box-shadow: inset 0 0 0 1.5px var(--vscode-list-errorForeground, var(--vscode-testing-iconFailed));
  }
  .gap {
    position: absolute;
    top: 0;
    bottom: 0;
    width: 1px;
    background: var(--vscode-tree-indentGuidesStroke, var(--vscode-widget-border, transparent));
    opacity: 0.5;
  }
  .scale {
    position: relative;
    align-self: stretch;
    overflow: hidden;
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }
  .scale span {
    position: absolute;
    top: 0.3em;
    padding-inline-start: 0.3em;
    border-inline-start: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, currentColor));
  }
  .narrow .bars {
    display: grid;
    grid-template-rows: 1fr 0.7em;
    align-self: stretch;
    gap: 0.15em;
    padding-block: 0.2em;
  }
  .narrow .bars > .time {
    position: relative;
    overflow: hidden;
  }
  .narrow .bars .bar {
    top: 10%;
    bottom: 10%;
  }
  @media (forced-colors: active) {
    .bar {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`;
