import { css } from 'lit';

/** What uPlot’s own style sheet says of what is used here, in colours of the theme. */
export const uplotStyles = css`
  .u-wrap {
    position: relative;
    user-select: none;
  }
  .u-over,
  .u-under {
    position: absolute;
  }
  .u-over {
    cursor: crosshair;
  }
  .u-under {
    overflow: hidden;
  }
  .uplot canvas {
    display: block;
    position: relative;
    width: 100%;
    height: 100%;
    forced-color-adjust: none;
  }
  .u-axis {
    position: absolute;
  }
  .u-select {
    position: absolute;
    pointer-events: none;
    background: var(--vscode-editor-selectionBackground, transparent);
    /* An outline would be seen where nothing is selected. */
    box-shadow: inset 0 0 0 1px var(--vscode-contrastActiveBorder, transparent);
  }
  .u-cursor-x {
    position: absolute;
    top: 0;
    left: 0;
    height: 100%;
    border-right: 1px dashed var(--vscode-foreground);
    pointer-events: none;
    will-change: transform;
  }
  .u-cursor-pt {
    position: absolute;
    top: 0;
    left: 0;
    border: 0 solid;
    border-radius: 50%;
    pointer-events: none;
    background-clip: padding-box !important;
    will-change: transform;
  }
  .u-select.u-off,
  .u-cursor-x.u-off,
  .u-cursor-pt.u-off {
    display: none;
  }
`;
