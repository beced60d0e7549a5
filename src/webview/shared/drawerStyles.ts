import { css } from 'lit';
import { toolStyles } from './toolStyles.ts';

export const drawerStyles = css`
  ${toolStyles}
  :host {
    display: block;
    overflow: auto;
    background: var(--vscode-editor-background);
  }
  aside {
    padding: 0 1em 1.5em;
  }
  header {
    display: flex;
    align-items: flex-start;
    gap: 0.6em;
    position: sticky;
    top: 0;
    z-index: 1;
    padding: 0.7em 0 0.4em;
    background: var(--vscode-editor-background);
  }
  h2 {
    flex: 1;
    display: flex;
    gap: 0.35em;
    margin: 0;
    font-size: 1.2em;
    font-weight: 600;
    overflow-wrap: anywhere;
    min-width: 0;
  }
  h2 bdi {
    min-width: 0;
  }
  h2 .icon {
    margin-top: 0.2em;
  }
  h2:focus-visible {
    outline-offset: 3px;
  }
  h3 {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0.2em 1em;
    margin: 1.4em 0 0.4em;
    font-size: 1em;
    font-weight: 600;
  }
  h3 button.link {
    font-weight: normal;
  }
  p {
    margin: 0.3em 0;
    overflow-wrap: anywhere;
  }
  .tools {
    display: flex;
    gap: 0.2em;
  }
  .line {
    margin-top: 0;
    color: var(--vscode-descriptionForeground);
  }
  .verdict,
  .problem {
    padding: 0.4em 0.7em;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border);
    background: var(--vscode-textBlockQuote-background);
    overflow-wrap: anywhere;
  }
  .problem {
    border-color: var(--vscode-testing-iconErrored);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    margin: 0.8em 0;
  }
  .message + .message,
  .expectation {
    margin-top: 0.5em;
  }
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  ol {
    padding-inline-start: 1.6em;
  }
  summary {
    cursor: pointer;
    overflow-wrap: anywhere;
  }
  .words {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3em;
    margin-top: 0.2em;
  }
  .words li {
    padding: 0.05em 0.5em;
    border-radius: 3px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    overflow-wrap: anywhere;
  }
  .words .missed {
    background: none;
    color: var(--vscode-testing-iconFailed);
    border-color: currentColor;
  }
  .evaluators li {
    display: flex;
    gap: 0.5em;
    padding: 0.35em 0;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .evaluators li > div {
    min-width: 0;
  }
  .evaluators .icon {
    margin-top: 0.15em;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.2em 1em;
    margin: 0;
  }
  dt {
    color: var(--vscode-descriptionForeground);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  pre.compared {
    margin: 0;
    padding: 0.5em 0.7em;
    background: var(--vscode-textCodeBlock-background);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    max-height: 40em;
    overflow: auto;
  }
  ins {
    background: var(--vscode-diffEditor-insertedTextBackground);
    outline: 1px dashed var(--vscode-diffEditor-insertedTextBorder, transparent);
    text-decoration: underline;
  }
  del {
    background: var(--vscode-diffEditor-removedTextBackground);
    outline: 1px dashed var(--vscode-diffEditor-removedTextBorder, transparent);
    text-decoration: line-through;
  }
`;
