import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from '../../webview/browser.ts';
import { addOutcomes, leaveOutcomes, noOutcomes, type Outcomes } from '../outcomes.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { installEditor } from './installEditor.ts';
import { startServer } from './server.ts';
import { bundleExtensionTests, stageForProcess } from './stageExtension.ts';

/**
 * Runs the tests of test/extension inside the extension host of a real VS Code. Its own program: prints mocha's
 * lines, leaves the outcomes in the file that TOUCHSTONE_TEST_OUTCOMES names, and ends with 1 when a test failed.
 */
const LIMIT_MS = 300_000;
const root = path.join(import.meta.dirname, '..', '..', '..');

interface Report {
  outcomes: Outcomes;
  lines: string[];
}

async function main(): Promise<number> {
  const editor = installEditor();
  if (!editor.installed) return skip(editor.reason);
  const extension = stageForProcess();
  const tests = await bundleExtensionTests();
  const scratch = temporaryFolder();
  const reportFile = path.join(scratch, 'report.json');
  // Two passes: what an untrusted workspace may not do can only be seen in one.
  const reports: Report[] = [];
  for (const trusted of [true, false]) {
    const workspace = path.join(scratch, trusted ? 'trusted' : 'untrusted');
    cpSync(path.join(root, 'datasets'), workspace, {
      recursive: true,
      filter: (file) => path.basename(file) !== '.touchstone',
    });
    reports.push(await pass({ main: editor.main, extension, tests, workspace, reportFile, trusted }));
  }
  return count(reports);
}

interface Pass {
  main: string;
  extension: string;
  tests: string;
  workspace: string;
  reportFile: string;
  trusted: boolean;
}

async function pass({ main, extension, tests, workspace, reportFile, trusted }: Pass): Promise<Report> {
  const server = await startServer({
    main,
    trusted,
    extensions: [path.join(root, 'test', 'extension', 'modelProvider')],
    environment: {
      TOUCHSTONE_TEST_REPORT: reportFile,
      TOUCHSTONE_TEST_GREP: process.argv[2] ?? '',
      TOUCHSTONE_TEST_TRUSTED: String(trusted),
    },
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const finished = Promise.withResolvers<void>();
    const limit = setTimeout(
      () => finished.reject(new Error(`the tests took longer than ${LIMIT_MS / 1000} s`)),
      LIMIT_MS,
    );
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      if (process.env['TOUCHSTONE_TEST_VERBOSE']) console.log(`[${type}]`, ...args);
    });
    await page.exposeFunction('codeAutomationExit', () => finished.resolve());
    const address = server.address(workspace, [
      ['extensionDevelopmentPath', server.remote(extension)],
      ['extensionTestsPath', server.remote(tests)],
    ]);
    await page.goto(address);
    // The editor asks the person before an extension may use another one's models.
    void page
      .getByRole('button', { name: 'Allow', exact: true })
      .click({ timeout: LIMIT_MS })
      .catch(() => {});
    await finished.promise.finally(() => clearTimeout(limit));
    return JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } finally {
    await browser.close();
    await server.stop();
  }
}

function count(reports: readonly Report[]): number {
  for (const line of reports.flatMap(({ lines }) => lines)) console.log(line);
  const total = addOutcomes(reports.map(({ outcomes }) => outcomes));
  leaveOutcomes(total);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function skip(reason: string): number {
  console.log(`skipped: ${reason}`);
  leaveOutcomes({ ...noOutcomes(), skipped: 1, skips: [{ title: 'all tests', reason }] });
  return 0;
}

process.exitCode = await main();
