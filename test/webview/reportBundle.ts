import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { webviewBuild } from '../../scripts/webviewBuild.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** The page as the build makes it. */
export interface ReportBundle {
  script: string;
  /** The program of the comparison's page; the styles are shared. */
  compareScript: string;
  /** The program of the trace page. */
  traceScript: string;
  /** The program of the monitor page. */
  monitorScript: string;
  /** The program of the deployment page. */
  deploymentScript: string;
  /** For a panel. */
  style: string;
  /** For a file of its own. */
  standaloneStyle: string;
}

/** Bundles the page from the sources as they are, so that no test looks at an old build. */
export async function bundleReport(): Promise<ReportBundle> {
  const folder = temporaryFolder();
  await build(webviewBuild(root, folder));
  const read = (name: string) => readFileSync(path.join(folder, 'webview', name), 'utf8');
  return {
    script: read('report.js'),
    compareScript: read('compare.js'),
    traceScript: read('trace.js'),
    monitorScript: read('monitor.js'),
    deploymentScript: read('deployment.js'),
    style: read('report.css'),
    standaloneStyle: read('standalone.css'),
  };
}
