import { css } from 'lit';

/** A page that fills its panel, with a drawer beside what scrolls. */
export const pageStyles = css`
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
  .waiting {
    padding: 3em 1em;
    text-align: center;
  }
  @media (max-width: 760px) {
    .page {
      padding: 0.8em;
    }
  }
`;
