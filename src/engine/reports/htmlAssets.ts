import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../errors.ts';

/** The report page's program and style, as they stand in an HTML report. */
export interface HtmlAssets {
  /** Ends no script element: the bundler escapes the closing tag. */
  script: string;
  style: string;
}

/** Reads a page that the build leaves beside the program. Throws a FileError where it was not built. */
export function readHtmlAssets(page: 'report' | 'compare' = 'report'): HtmlAssets {
  const folder = findFolder();
  return {
    script: readFileSync(path.join(folder, `${page}.js`), 'utf8'),
    style: readFileSync(path.join(folder, 'standalone.css'), 'utf8'),
  };
}

/** The bundle lies in `webview/` beside the program or its chunks; from the sources, in `dist/webview/`. */
function findFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    for (const candidate of [path.join(folder, 'webview'), path.join(folder, 'dist', 'webview')]) {
      if (existsSync(path.join(candidate, 'report.js'))) return candidate;
    }
    if (folder === path.dirname(folder)) break;
  }
  throw new FileError('the page for HTML reports is missing', {
    where: { path: 'dist/webview/report.js' },
    remedy: 'Build it with: npm run build',
  });
}
