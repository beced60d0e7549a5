import { z } from 'zod';
import type { AlertsConfig } from '../../model/alertRule.ts';
import type { CachesConfig, FallbacksConfig } from '../../models/fallbacks/config.ts';
import type { ProviderConfig } from '../../models/modelProvider.ts';
import type { PoolConfig } from '../../resilience/resilienceConfig.ts';
import { alertsFile, notifyFile } from '../alerting/alertsConfig.ts';
import type { DeploymentConfig } from '../deploying/deploymentConfig.ts';
import { deploymentsFile } from '../deploying/deploymentFile.ts';
import type { GatewayConfig } from '../gateway/gatewayConfig.ts';
import { gatewayFile } from '../gateway/gatewayFile.ts';
import { type MonitorConfig, monitorFile } from '../monitoring/monitorConfig.ts';
import { type SubscriberConfig, streamFile } from '../monitoring/streamConfig.ts';
import { bulkheadsFile } from './bulkheadConfig.ts';
import { cachesFile } from './cacheConfig.ts';
import { fallbacksFile } from './fallbackConfig.ts';
import { type MetricsConfig, metricsFile } from './metricsConfig.ts';
import { nameSchema } from './name.ts';
import { providersFile } from './providerConfig.ts';
import { type SuiteConfig, suiteFile } from './suiteConfig.ts';
import { tracesFile } from './tracesConfig.ts';

/** `touchstone.yaml`, checked, with references resolved and defaults filled in. */
export interface WorkspaceConfig {
  /** By name. `openai` is always there: built in where the file does not define it. */
  providers: Record<string, ProviderConfig>;
  /** In the file's order; names are unique. */
  suites: SuiteConfig[];
  /** Bulkheads by name: those that the file sets; built-in ones that it does not name have no limits. */
  bulkheads?: Record<string, PoolConfig>;
  /** Caches that the file sets; the others are off. */
  caches?: CachesConfig;
  /** What answers in place of a model, by the name of what it stands in for. */
  fallbacks?: FallbacksConfig;
  /** In the file's order; names are unique. */
  monitors?: MonitorConfig[];
  /** Who else hears of what they say. */
  stream?: SubscriberConfig[];
  metrics?: MetricsConfig;
  /** Alerts and the channels that they are sent to. */
  alerts?: AlertsConfig;
  /** What the gateway does beyond what it does without configuration. */
  gateway?: GatewayConfig;
  /** In the file's order; names are unique. */
  deployments?: readonly DeploymentConfig[];
}

/** The file as it is written. Strict: an unknown key is an error. */
export const workspaceFile = z
  .strictObject({
    providers: providersFile.optional(),
    suites: z
      .record(nameSchema, suiteFile)
      .default({})
      .describe('Suites by name: what to test, with which cases, and how to score the outputs.'),
    bulkheads: bulkheadsFile.optional(),
    caches: cachesFile.optional(),
    fallbacks: fallbacksFile.optional(),
    monitors: z
      .record(nameSchema, monitorFile)
      .optional()
      .describe('Monitors by name: which spans of running agents are evaluated as they come, and how.'),
    stream: streamFile.optional(),
    traces: tracesFile.optional(),
    metrics: metricsFile.optional(),
    alerts: alertsFile.optional(),
    notify: notifyFile.optional(),
    gateway: gatewayFile.optional(),
    deployments: deploymentsFile.optional(),
  })
  .describe('Configuration of a Touchstone workspace.');
