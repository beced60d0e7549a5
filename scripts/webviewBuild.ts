import path from 'node:path';
import type { BuildOptions } from 'esbuild';

/** esbuild's options for the pages of panels, which are also the pages of HTML reports: a script each, two styles. */
export function webviewBuild(root: string, outdir: string): BuildOptions {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    loader: { '.svg': 'text' },
    entryPoints: [
      { in: 'src/webview/report/main.ts', out: 'report' },
      { in: 'src/webview/compare/main.ts', out: 'compare' },
      { in: 'src/webview/trace/main.ts', out: 'trace' },
      { in: 'src/webview/monitor/main.ts', out: 'monitor' },
      { in: 'src/webview/deployment/main.ts', out: 'deployment' },
      { in: 'src/webview/report/report.css', out: 'report' },
      { in: 'src/webview/report/standalone.css', out: 'standalone' },
    ],
    outdir: path.join(outdir, 'webview'),
  };
}
