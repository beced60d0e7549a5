import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleExtensionTests, stageForProcess } from './stageExtension.ts';
import { copyWorkspace } from './workbench.ts';

/** Runs the tests of test/extension in desktop VS Code, which is downloaded first. Its own program. */
const extensionDevelopmentPath = stageForProcess();
process.exitCode = await runTests({
  extensionDevelopmentPath,
  extensionTestsPath: await bundleExtensionTests(),
  extensionTestsEnv: { TOUCHSTONE_TEST_TRUSTED: 'true' },
  launchArgs: [
    copyWorkspace(path.join(import.meta.dirname, '..', '..', '..', 'datasets')),
    '--disable-workspace-trust',
    '--disable-extensions',
  ],
});
