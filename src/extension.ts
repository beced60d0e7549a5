import path from 'node:path';
import * as vscode from 'vscode';
import { type Alerts, registerAlerts } from './ui/alerts/registerAlerts.ts';
import { registerCommand } from './ui/commands.ts';
import { registerComparisons } from './ui/compare/registerComparisons.ts';
import { registerCompress } from './ui/compress/registerCompress.ts';
import { registerDatasetCommands } from './ui/datasets/datasetCommands.ts';
import { EditPreview } from './ui/datasets/editPreview.ts';
import { type Deployments, registerDeployments } from './ui/deployments/registerDeployments.ts';
import { FileEdits } from './ui/edits/fileEdits.ts';
import { EngineClient } from './ui/engine/engineClient.ts';
import { registerEngineNotices } from './ui/engine/engineNotices.ts';
import { registerEvaluatorStudies } from './ui/evaluators/registerEvaluatorStudies.ts';
import { GatewayFeed } from './ui/gateway/gatewayFeed.ts';
import { type Gateway, registerGateway } from './ui/gateway/registerGateway.ts';
import { Problems } from './ui/language/problems.ts';
import { registerLanguage } from './ui/language/registerLanguage.ts';
import { completeWithEditor } from './ui/models/editorModels.ts';
import { registerModelPicker } from './ui/models/modelPicker.ts';
import { registerMonitor } from './ui/monitor/registerMonitor.ts';
import { Output } from './ui/output/output.ts';
import { type Providers, registerProviders } from './ui/providers/registerProviders.ts';
import { registerReports } from './ui/report/registerReports.ts';
import { approveCost } from './ui/runs/approveCost.ts';
import { registerExport } from './ui/runs/exportReport.ts';
import { registerRunCommands } from './ui/runs/runCommands.ts';
import { RunController } from './ui/runs/runController.ts';
import { registerRunStatus } from './ui/runs/runStatus.ts';
import { askKey } from './ui/secrets/askKey.ts';
import { askLeave } from './ui/secrets/askLeave.ts';
import { registerKeyCommands } from './ui/secrets/keyCommands.ts';
import { KeyRing } from './ui/secrets/keyRing.ts';
import { registerServices, type Services } from './ui/services/registerServices.ts';
import { Settings } from './ui/settings/settings.ts';
import { createEvaluation } from './ui/suites/createEvaluation.ts';
import { registerTests, type Tests } from './ui/tests/registerTests.ts';
import { toFailure } from './ui/toFailure.ts';
import { registerTokens } from './ui/tokens/registerTokens.ts';
import { registerTraces, type Traces } from './ui/traces/registerTraces.ts';
import { onlyTrusted, registerTrust } from './ui/trust/trust.ts';
import { checkAtStart } from './ui/views/checkAtStart.ts';
import { registerViews } from './ui/views/registerViews.ts';
import { WorkspaceListing } from './ui/views/workspaceListing.ts';
import { registerWalkthrough } from './ui/walkthrough/registerWalkthrough.ts';
import { workspaceFolder } from './ui/workspaceFolder.ts';

/** What tests and other extensions get from `extension.exports`. */
export interface Api {
  readonly engine: EngineClient;
  readonly runs: RunController;
  readonly tests: Tests;
  readonly preview: EditPreview;
  readonly providers: Providers;
  readonly services: Services;
  readonly traces: Traces;
  readonly alerts: Alerts;
  readonly gateway: Gateway;
  readonly deployments: Deployments;
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number;
}

let engine: EngineClient | undefined;

/** Wiring only. */
export function activate(context: vscode.ExtensionContext): Api {
  const begun = performance.now();
  const { subscriptions } = context;
  const output = new Output();
  const settings = new Settings();
  const keys = new KeyRing({
    secrets: context.secrets,
    memory: context.globalState,
    environment: process.env,
    ask: askLeave,
  });
  const client = new EngineClient({
    script: path.join(context.extensionPath, 'dist', 'engineProcess.js'),
    output,
    toFailure,
    initialize: () => ({
      root: workspaceFolder().uri.fsPath,
      config: settings.config ?? null,
      trusted: vscode.workspace.isTrusted,
      bridge: true,
    }),
    handlers: {
      'model/complete': onlyTrusted(completeWithEditor),
      'secret/get': onlyTrusted(async (wanted) => ({ value: await keys.get(wanted) })),
    },
  });
  engine = client;
  const problems = new Problems(settings);
  const listing = new WorkspaceListing(client);
  const preview = new EditPreview(output);
  const fileEdits = new FileEdits();
  const runs = new RunController(client, settings, {
    approve: (wanted, token) => approveCost(wanted, { engine: client, settings }, token),
    askKey,
  });
  const tests = registerTests(client, runs, output);
  const providers = registerProviders(client, listing, output);
  const gatewayFeed = new GatewayFeed(client, output);
  const services = registerServices({
    engine: client,
    listing,
    settings,
    gateway: gatewayFeed,
    output,
    collection: context.environmentVariableCollection,
  });
  const traces = registerTraces({
    ...{ engine: client, settings, output, preview },
    ...{ memory: context.workspaceState, extensionUri: context.extensionUri },
    onShown: () => services.receiver.need(),
  });
  const alerts = registerAlerts({
    engine: client,
    listing,
    settings,
    memory: context.workspaceState,
    output,
  });
  const gateway = registerGateway({ engine: client, feed: gatewayFeed, settings, preview, output });
  const deployments = registerDeployments({
    ...{ engine: client, listing, output },
    ...{ memory: context.workspaceState, extensionUri: context.extensionUri },
  });
  const comparisons = registerComparisons({
    ...{ engine: client, settings, output, preview, fileEdits },
    extensionUri: context.extensionUri,
  });
  const resultOf = (given: unknown) => tests.tree.results.of(given);
  const refresh = () => void client.refresh().catch((error: unknown) => output.showError(error));
  subscriptions.push(
    output,
    client,
    registerEngineNotices(client, output),
    registerTrust(client, output),
    problems,
    registerLanguage(client, problems, output),
    runs,
    listing,
    listing.onDidList(({ problems: found }) => problems.showListed(found)),
    checkAtStart(listing, settings, output),
    registerViews({ engine: client, listing, settings, output, gateway: gatewayFeed }),
    providers,
    services,
    traces,
    alerts,
    gateway,
    deployments,
    registerMonitor({
      engine: client,
      output,
      fileEdits,
      receiver: services.receiver,
      extensionUri: context.extensionUri,
    }),
    registerWalkthrough(output),
    comparisons,
    registerEvaluatorStudies(client, output),
    registerReports({
      engine: client,
      runs,
      output,
      fileEdits,
      resultOf,
      openLive: comparisons.openLive,
      extensionUri: context.extensionUri,
    }),
    registerTokens(client, settings, output),
    preview,
    registerCompress({ engine: client, settings, memory: context.workspaceState, preview, output }),
    tests,
    registerRunStatus(runs, client, output),
    registerRunCommands({ engine: client, runs, preview, settings, output }),
    registerExport(client, output),
    registerDatasetCommands({
      engine: client,
      problems,
      preview,
      output,
      resultOf,
    }),
    registerModelPicker(client, settings, output),
    registerKeyCommands(keys, client, output),
    registerCommand(
      'touchstone.createEvaluation',
      () => createEvaluation({ engine: client, settings }),
      output,
    ),
    registerCommand('touchstone.showOutput', () => output.show(), output),
    registerCommand('touchstone.restartEngine', () => client.restart(), output),
    settings.onDidChange('touchstone.config', refresh),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
  );
  return {
    engine: client,
    runs,
    tests,
    preview,
    providers,
    services,
    traces,
    alerts,
    gateway,
    deployments,
    activationMs: performance.now() - begun,
  };
}

/** The engine stores what came in and ends before the window does. */
export async function deactivate(): Promise<void> {
  await engine?.shutDown();
}
