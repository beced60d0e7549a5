/** The pages that a panel can hold, by their elements. */
export type PageElement =
  | 'touchstone-report'
  | 'touchstone-comparison'
  | 'touchstone-trace'
  | 'touchstone-monitor'
  | 'touchstone-deployment';

/** What a panel in VS Code fills in; all of it is the extension's own, none of it data. */
export interface PanelAssets {
  /** Address of the page's program as the panel may load it. */
  script: string;
  /** Address of report.css. */
  style: string;
  /** `cspSource` of the panel. */
  source: string;
  /** Fresh for each page. */
  nonce: string;
}

/** The page of a panel: nothing but the bundle may load or run in it; all data come as messages. */
export function panelPage({ script, style, source, nonce }: PanelAssets, element: PageElement): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
</head>
<body>
<${element}></${element}>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
