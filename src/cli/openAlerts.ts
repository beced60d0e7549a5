import { UsageError } from '../engine/errors.ts';
import type { AlertRule, AlertsConfig } from '../engine/model/alertRule.ts';
import { AlertStore } from '../engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../engine/telemetry/alerts/alertStoreFormat.ts';
import { openWorkspace } from './openWorkspace.ts';

/** The alerts of a workspace: their rules, and what is known of them. */
export interface OpenedAlerts extends Disposable {
  root: string;
  config: AlertsConfig;
  store: AlertStore;
}

/** Throws UserErrors for what is wrong with the workspace, and StoreError. */
export async function openAlerts(
  options: { config?: string },
  cwd: string,
  access: 'read' | 'write',
): Promise<OpenedAlerts> {
  const { workspace } = await openWorkspace([], options, cwd, new AbortController().signal);
  const { root, config } = workspace;
  const store = new AlertStore(alertStorePath(root), { access });
  return {
    root,
    config: config.alerts ?? { rules: [], channels: [] },
    store,
    [Symbol.dispose]: () => store.close(),
  };
}

/** Throws UsageError where there is no such alert. */
export function ruleNamed({ config: { rules } }: OpenedAlerts, name: string): AlertRule {
  const found = rules.find((rule) => rule.name === name);
  if (found) return found;
  const names = rules.map((rule) => rule.name);
  throw new UsageError(`there is no alert '${name}'`, {
    remedy:
      names.length > 0
        ? `Choose from: ${names.join(', ')}`
        : 'Add alerts to touchstone.yaml, see docs/alerts.md.',
  });
}
