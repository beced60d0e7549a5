import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { GatewayFeed } from '../gateway/gatewayFeed.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { hasConfiguration } from '../views/hasConfiguration.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';
import { registerDebugEnvironment } from './debugEnvironment.ts';
import { ReceiverActions } from './receiverCommands.ts';
import { registerReceiverStatus } from './receiverStatus.ts';
import { SharedEnvironment } from './sharedEnvironment.ts';
import { registerTerminalEnvironment } from './terminalEnvironment.ts';
import { TraceReceiver } from './traceReceiver.ts';

export interface Services extends vscode.Disposable {
  readonly receiver: TraceReceiver;
  readonly environment: SharedEnvironment;
}

interface Ports {
  engine: EngineClient;
  listing: WorkspaceListing;
  settings: Settings;
  gateway: GatewayFeed;
  output: Output;
  collection: vscode.GlobalEnvironmentVariableCollection;
}

/** The window has more pressing things to do first, in milliseconds. */
const LATER_MS = 1_000;

/** Receiving traces: commands, status bar, and the variables by which agents that are started here find the way. */
export function registerServices({
  engine,
  listing,
  settings,
  gateway,
  output,
  collection,
}: Ports): Services {
  const receiver = new TraceReceiver(engine, settings, output);
  const environment = new SharedEnvironment(receiver, settings, gateway);
  const actions = new ReceiverActions(receiver);

  // Whoever has a suite has an agent or a prompt whose traces are worth something.
  const atStart = setTimeout(() => {
    if (hasConfiguration(settings)) receiver.need();
  }, LATER_MS);
  const subscriptions = vscode.Disposable.from(
    receiver,
    new vscode.Disposable(() => clearTimeout(atStart)),
    listing.onDidList(({ suites }) => {
      if (suites.length > 0) receiver.need();
    }),
    registerReceiverStatus(receiver),
    registerTerminalEnvironment(collection, environment, { receiver, gateway, settings }),
    registerDebugEnvironment(environment),
    registerCommand('touchstone.traces.start', () => actions.start(), output),
    registerCommand('touchstone.traces.stop', () => actions.stop(), output),
    registerCommand('touchstone.traces.copyEndpoint', () => actions.copyEndpoint(), output),
    registerCommand('touchstone.traces.showServices', () => actions.showServices(), output),
  );
  return { receiver, environment, dispose: () => subscriptions.dispose() };
}
