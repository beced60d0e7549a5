import { css } from 'lit';

export const spanDrawerStyles = css`
  h2 .icon {
    color: var(--role);
  }
  .conversation {
    list-style: none;
    padding: 0;
    display: flex;
    flex-direction: column;
    gap: 0.6em;
  }
  .message {
    padding-inline-start: 0.7em;
    border-inline-start: 3px solid var(--vscode-descriptionForeground);
  }
  .message.from-user {
    border-color: var(--vscode-charts-green, #89d185);
  }
  .message.from-assistant {
    border-color: var(--vscode-charts-blue, #3794ff);
  }
  .message.from-tool {
    border-color: var(--vscode-charts-yellow, #cca700);
  }
  .message + .message {
    margin-top: 0;
  }
  .role {
    font-weight: 600;
    margin-bottom: 0.2em;
  }
  .message > * + text-block,
  .message > * + .tool-call,
  .labelled {
    margin-top: 0.3em;
  }
  .call {
    display: flex;
    align-items: center;
    gap: 0.35em;
    overflow-wrap: anywhere;
  }
  .findings li {
    display: flex;
    gap: 0.45em;
    padding: 0.15em 0;
    overflow-wrap: anywhere;
  }
  .findings .icon {
    margin-top: 0.15em;
  }
  .logs,
  .events {
    list-style: none;
    padding: 0;
  }
  .logs > li,
  .events > li {
    padding: 0.15em 0;
    overflow-wrap: anywhere;
  }
  .logs .level {
    font-weight: 600;
    text-transform: uppercase;
    font-size: 0.85em;
  }
  .level-error .level {
    color: var(--vscode-list-errorForeground, var(--vscode-testing-iconFailed));
  }
  .level-warn .level {
    color: var(--vscode-list-warningForeground, var(--vscode-testing-iconQueued));
  }
  .attributes {
    grid-template-columns: minmax(8em, max-content) minmax(0, 1fr);
  }
  .attributes dt {
    max-width: 20em;
    overflow-wrap: anywhere;
  }
  @media (max-width: 500px) {
    .attributes,
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
    dd {
      margin-bottom: 0.4em;
    }
  }
`;
