import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type PageElement, panelPage } from '../webview/report/panelPage.ts';

/** The page of a panel. `bundle` is the folder of the pages' programs, `script` one of them. */
export function webviewPage(
  webview: vscode.Webview,
  bundle: vscode.Uri,
  { script, element }: { script: string; element: PageElement },
): string {
  const address = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(bundle, name)).toString();
  return panelPage(
    {
      script: address(script),
      style: address('report.css'),
      source: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    },
    element,
  );
}
