import { rmSync } from 'node:fs';
import path from 'node:path';
import { installEditor } from './installEditor.ts';
import { startServer } from './server.ts';
import { stageForProcess } from './stageExtension.ts';
import { copyWorkspace } from './workbench.ts';

/**
 * Opens the sample workspace in a real VS Code with this extension, served on this machine, and prints the
 * address. `PORT` chooses the port. Its own program; ends with Ctrl-C.
 */
async function main(): Promise<void> {
  const editor = installEditor();
  if (!editor.installed) throw new Error(editor.reason);
  const extension = stageForProcess();
  const folder = copyWorkspace(path.join(import.meta.dirname, '..', '..', '..', 'datasets'));
  const port = process.env['PORT'];
  const server = await startServer({
    main: editor.main,
    trusted: true,
    ...(port ? { port: Number(port) } : {}),
  });
  console.log(
    `\nOpen this address in a browser on this machine; Ctrl-C ends it. The workspace is a copy: ${folder}\n`,
  );
  console.log(server.address(folder, [['extensionDevelopmentPath', server.remote(extension)]]));
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
}

await main();
