// Bundles the command line, the engine process and the services process (ESM, split so that parts load when they are needed) and the
// extension (CommonJS) into dist, or into the folder that is named; with --sourcemap, for a debugger.
// The command line's build has no `vscode` external: an import of it from the engine fails here.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeNotices } from './scripts/notices.ts';
import { webviewBuild } from './scripts/webviewBuild.ts';

const root = path.dirname(fileURLToPath(import.meta.url));
const [folder = 'dist', option] = process.argv.slice(2);
const outdir = path.resolve(root, folder);
rmSync(outdir, { recursive: true, force: true });

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // The package's main entry is UMD, which cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  target: 'node22',
  // Names stay, since errors and stack traces show them; with `keepNames`, inner functions would pay at each call.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  sourcemap: option === '--sourcemap',
};

const program = await build({
  ...shared,
  entryPoints: {
    cli: 'src/cli.ts',
    engineProcess: 'src/engineProcess.ts',
    services: 'src/services.ts',
    gatewayWorker: 'src/services/gatewayWorker.ts',
    datasetWorker: 'src/engineProcess/datasetWorker.ts',
    openDatasetWorker: 'src/engineProcess/openDatasetWorker.ts',
    reportWorker: 'src/engineProcess/reportWorker.ts',
    traceWorker: 'src/engineProcess/traceWorker.ts',
  },
  outdir,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

const extension = await build({
  ...shared,
  entryPoints: { extension: 'src/extension.ts' },
  outdir,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // A smaller file loads sooner, and every window waits for it.
  minifyIdentifiers: true,
  external: ['vscode'],
});

const panels = await build({ ...webviewBuild(root, outdir), metafile: true });

const metafiles = [program, extension, panels].map(({ metafile }) => metafile);
writeNotices(root, metafiles, path.join(outdir, 'ThirdPartyNotices.txt'));
